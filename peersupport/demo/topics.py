"""What the demonstration's manuals say of their topics: a sentence, and a chapter of a guide."""

from __future__ import annotations

from collections.abc import Iterable

ABOUT = {
    "Getting to know each other": "Who we are here, what we agree on, and what each of us hopes for.",
    "How it happens, and why it is never a child's fault": "How trust is won and used by the person who "
    "abused, and why nothing a child did makes it the child's fault.",
    "When it was someone we trusted": "What it does to a family when the person who abused was close, and "
    "how two feelings can be true at once.",
    "Coping from day to day": "Sleep, work, meals and small pauses: what carries through ordinary days.",
    "How children react, and what helps them": "Children react in many ways, some of them late; what often "
    "helps is calm, everyday life and somebody who listens.",
    "Talking together at home": "How to leave a door open for a child without asking for an account of it.",
    "Phones, games and trust": "Coming back to phones and games by agreements that a child can keep.",
    "Pictures online: what can be done": "Who can take pictures down, what to keep for the police, and how "
    "to live with what cannot be known.",
    "Police, courts and waiting": "What happens after a report, how long it can take, and how to wait.",
    "Police, courts and services": "What happens after a report, and which services stand beside a family.",
}

CHAPTERS = {
    "How it happens, and why it is never a child's fault": "online-safety-skills/noticing-early",
    "Coping from day to day": "next-steps/your-own-care",
    "How children react, and what helps them": "next-steps/how-children-react",
    "Talking together at home": "next-steps/what-to-say",
    "Phones, games and trust": "online-safety-skills/skills-by-age",
    "Pictures online: what can be done": "next-steps/taking-down",
    "Police, courts and waiting": "next-steps/who-to-tell",
    "Police, courts and services": "next-steps/who-to-tell",
}


def notes_on(topics: Iterable[str]) -> dict[str, dict[str, str]]:
    """The notes of a programme with these topics, as it keeps them."""
    return {
        topic: {"about": ABOUT[topic], "chapter": CHAPTERS.get(topic, "")}
        for topic in topics
        if topic in ABOUT
    }
