"""What the cast has said so far: everyday talk about sleep, phones, waiting and school. All made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """Something said in a meeting: who, how many minutes after its start, the words.

    `note` is the content note under which it folds. `answers` counts back to the line it replies to.
    """

    minute: int
    who: str
    words: str
    note: str = ""
    answers: int = 0


#: By the number of the meeting.
ALDER: dict[int, tuple[Line, ...]] = {
    1: (
        Line(
            0,
            "maija",
            "Welcome, everybody. We take it slowly tonight. Say as much or as little as you like; "
            "reading along is taking part.",
        ),
        Line(
            2,
            "oskar",
            "We go by the names we have here. No names of children, schools or towns, please. "
            "I will remind us when it slips; it does to everyone.",
        ),
        Line(5, "aino", "Good evening. I almost didn't come in. I am glad the door was easy to find."),
        Line(6, "elias", "Evening. I'm the only father, I think? That's all right. I'm here."),
        Line(8, "dara", "You're very welcome, Lark. I have a teenager and a kettle that is always on."),
        Line(11, "chloe", "I type slowly. I read everything."),
        Line(12, "oskar", "Slowly is fine. We wait.", answers=1),
        Line(
            19,
            "berit",
            "Since the spring I have felt that I am the only one. Reading you I already feel it less.",
        ),
        Line(27, "farah", "Same here. I told my sister I was at a course. It is a kind of course."),
        Line(
            63,
            "maija",
            "Thank you for this first evening. One small thing each for the week: something that "
            "lets you breathe out.",
        ),
        Line(66, "dara", "Walking the dog without my phone. Twenty minutes."),
    ),
    2: (
        Line(
            0,
            "oskar",
            "Good to see you again. Today: how it happens that children are drawn in, and why it is "
            "never their fault.",
        ),
        Line(7, "elias", "I keep asking myself what I missed."),
        Line(
            9,
            "maija",
            "Many parents ask that. The ones who do this are practised at not being seen. "
            "The responsibility is theirs, all of it.",
            answers=1,
        ),
        Line(14, "aino", "I said “why didn't you tell me” on the first evening, and I still hear it."),
        Line(
            16,
            "berit",
            "I said it too. Later I said: I am glad that I know now. It landed better.",
            answers=1,
        ),
        Line(
            24,
            "chloe",
            "We now have a sentence at home: you can tell me anything, and the phone stays yours.",
        ),
        Line(
            31,
            "oskar",
            "That is a strong sentence. Being afraid of losing the phone keeps many silent.",
            answers=1,
        ),
        Line(70, "farah", "I am taking that sentence home with me."),
    ),
    3: (
        Line(
            0,
            "maija",
            "Hello again. Coping from day to day is our topic. Who would like to begin with a small "
            "thing that worked?",
        ),
        Line(3, "dara", "The walk. Ten out of ten, even in rain. The dog disagrees."),
        Line(
            6,
            "berit",
            "Lists. I write down everything the authorities said, with dates, and then close the book. "
            "It no longer goes round in my head all night.",
        ),
        Line(12, "aino", "Sleep is still the hard part. We are up at three most nights, both of us."),
        Line(
            15,
            "chloe",
            "For us it got better with a lamp in the corridor and an audiobook. A boring one.",
            answers=1,
        ),
        Line(17, "elias", "Tractors. I recommend an audiobook about tractors."),
        Line(18, "farah", "That made me laugh, thank you. It has been a while."),
        Line(40, "oskar", "Laughing is allowed here."),
        Line(
            55,
            "berit",
            "The waiting is what wears me down. Months, and nobody can say how many.",
            note="about waiting for a decision",
        ),
        Line(
            58,
            "maija",
            "Waiting without an end is heavy. It can help to have one fixed person to ask, "
            "and one fixed day to ask on. Then the other days are yours.",
            answers=1,
        ),
        Line(61, "dara", "We do Fridays. It is odd, but it works."),
    ),
    4: (
        Line(-6, "maija", "The room is open. Come in and get settled; we begin on the hour as always."),
        Line(-3, "farah", "Hello, I'm here, just reading at first tonight."),
        Line(-2, "oskar", "Reading is taking part, Maple.", answers=1),
        Line(
            0,
            "maija",
            "Good evening, everybody. Today: how children react, and what helps them. "
            "We start with a short round: how has the week been?",
        ),
        Line(1, "chloe", "Calmer. We had two nights in a row with sleep."),
        Line(
            2,
            "elias",
            "School again since Monday, mornings only. The teacher keeps a seat by the door free, "
            "that was a good idea of hers.",
        ),
        Line(4, "berit", "Mixed. At home it is quiet, then a door slams for no reason I can see."),
        Line(
            5,
            "oskar",
            "A slammed door after a quiet week is very common. It often means: now I feel safe "
            "enough to be angry.",
            answers=1,
        ),
        Line(7, "dara", "Ours sleeps with the light on again. I stopped making a thing of it."),
        Line(
            8,
            "aino",
            "We moved the phones to the kitchen for the night, mine too. There was less arguing than "
            "I had feared.",
        ),
    ),
}

CEDAR: dict[int, tuple[Line, ...]] = {
    10: (
        Line(0, "ruben", "Our last evening. Looking back, and then each one's next step."),
        Line(6, "maud", "In the first week I could not write a whole sentence. Look at me now."),
        Line(9, "runa", "I sleep. Not every night. Most."),
        Line(
            14, "piet", "I have stopped reading about it after ten in the evening. That was worth the course."
        ),
        Line(
            80,
            "pirkko",
            "Thank you for your trust. You know where to find us, and the follow-up is in the spring.",
        ),
    ),
}


@dataclass(frozen=True)
class Waiting:
    """A message that waits for a facilitator, and why."""

    minute: int
    who: str
    words: str
    why: str


@dataclass(frozen=True)
class Objection:
    """A member's word that a message is not right: `about` counts back from the last line of the meeting."""

    minute: int
    who: str
    about: int
    words: str


WAITING = Waiting(
    8,
    "farah",
    "Our class teacher, Mrs Lehtonen from the riverside school, was wonderful about it.",
    "hold_flagged",
)
OBJECTION = Objection(
    8, "chloe", 5, "Could we leave out what each teacher does? It feels a little close to home."
)
