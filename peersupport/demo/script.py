"""What the scripted members say while somebody visits: everyday lines, and short kind answers."""

from __future__ import annotations

#: Who is played. Aino, Berit and Maija are left to visitors.
FACILITATORS = ("oskar", "pirkko")
PARENTS = ("chloe", "dara", "elias")
PLAYED = (*FACILITATORS, *PARENTS)
#: How a played member is told from a visitor.
LABEL = " (demo)"

#: Said one after the other, a minute or two apart, and only while a visitor is in the room.
LINES: tuple[tuple[str, str], ...] = (
    ("elias", "The seat by the door was the teacher's own idea. It made Monday possible."),
    ("oskar", "Small things that give a child a way out are often the ones that help them to stay."),
    ("dara", "We have a word that means: no questions now. It works for all three of us."),
    ("chloe", "I would like to borrow that. Ours is a tea towel on the door handle."),
    ("pirkko", "What helps you yourselves on a day when it comes back?"),
    ("elias", "Chopping wood. I don't even need it."),
    ("dara", "Ringing my friend and talking about her garden. She knows, and she lets me talk about beans."),
    ("chloe", "Going to bed when the child goes to bed. I thought that was giving up. It isn't."),
    ("oskar", "It is looking after the person everybody leans on."),
    ("elias", "Is it usual that they are cheerful all day and then cannot sleep?"),
    ("pirkko", "Very. The day keeps them busy; the evening has room. A fixed quiet half hour can help."),
    ("dara", "For us it was drawing. Nothing in particular, just colouring next to each other."),
    ("chloe", "We had one loud evening this week. Afterwards we ate pancakes at ten. It was all right."),
    ("oskar", "Making it good again afterwards is what they remember."),
    ("elias", "How do you all deal with grandparents who mean well?"),
    ("dara", "One sentence: we tell you when there is something to tell. I say it with a cake."),
    ("pirkko", "A sentence ready in your pocket saves strength. Would others like to share theirs?"),
    ("chloe", "Mine is: thank you for asking, today we talk about something else."),
)

#: Short answers to whatever a visitor writes. They never touch what was written.
WELCOMES: tuple[tuple[str, str], ...] = (
    ("oskar", "Thank you for writing, {name}."),
    ("dara", "Good that you are here, {name}."),
    ("pirkko", "Thank you, {name}. Take all the time you like."),
    ("chloe", "I am reading along with you."),
    ("elias", "Glad you wrote that."),
)
TO_A_FACILITATOR: tuple[tuple[str, str], ...] = (
    ("dara", "Thank you, {name}."),
    ("chloe", "That helps, thank you."),
    ("elias", "All right."),
)
