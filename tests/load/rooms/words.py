"""What people write in a measured room: some two hundred characters that read like a person's, each distinct,
without anything that looks like a personal detail."""

from __future__ import annotations

BEGINNINGS = (
    "I have been thinking about what was said last week.",
    "Thank you for telling us how that morning went for you.",
    "We had a slow and rather good evening at home yesterday.",
    "I was not sure whether to write this, and now I do.",
    "It helped me to read that I am not the only one.",
    "The days are fine, it is the nights that are long here.",
    "My sister came by and stayed until everybody was asleep.",
    "I tried what you wrote about walking before breakfast.",
    "Somebody at work asked how we are, and I did not cry.",
    "There was an hour yesterday when nothing hurt at all.",
    "I keep a list of small things that went well, as you do.",
    "The new routine is holding, more or less, since Monday.",
    "I am still tired, and it is a better tired than before.",
    "We baked bread together and talked about nothing much.",
    "I read your words twice before I could put them down.",
    "This week was quieter than the one before it, I think.",
)
MIDDLES = (
    "I notice that I breathe again when the house is quiet,",
    "What I would like to know is how others began with it,",
    "We laughed about the dog, which we had not done in weeks,",
    "I said no to a visit that would have been too much,",
    "Sleeping with the door open has made the evenings softer,",
    "The teacher was kind and did not ask more than she had to,",
    "I wrote down what I need before I called anybody back,",
    "It was easier to begin when somebody sat next to me,",
    "I had forgotten how much a slow walk by the water helps,",
    "Some of the worry went when I said it out loud once,",
    "I let the dishes stand and went to bed at a decent time,",
    "We drew pictures for an hour, and mine was the worst,",
    "A friend brought soup and left again without questions,",
    "My own mother was gentle with me for the first time,",
    "I have started to answer letters only in the mornings,",
    "There was music in the kitchen, and nobody minded it,",
)
ENDINGS = (
    "and that is more than I had hoped for at the start.",
    "so I will try the same again before we meet next time.",
    "and I wanted you to know because you asked about it.",
    "which is small, and still I keep thinking about it.",
    "and for once I did not feel that I had to explain.",
    "so perhaps this is what getting through looks like.",
    "and I am glad that all of you are here this evening.",
    "which I would not have believed only a month ago.",
    "and the rest of it can wait until another day comes.",
    "so thank you, all of you, for staying with me in this.",
    "and now I am curious how it went for the rest of you.",
    "which sounds like little and did not feel like little.",
    "and I mean to be as patient with myself as with others.",
    "so the evening ended better than it had any right to.",
    "and that was the moment when I stopped being so afraid.",
    "which made me think of what was said here in spring.",
)
AFTERWARDS = (
    "How was it for you?",
    "I will listen for a while now.",
    "Take your time with it.",
    "That is all from me tonight.",
    "Be gentle with yourselves.",
    "I would love to hear more.",
    "It can be said slowly.",
    "Until the next round, then.",
)
PARTS = (BEGINNINGS, MIDDLES, ENDINGS, AFTERWARDS)


def letter(number: int) -> str:
    """A text of its own for each of the first 32,768 numbers; after that they come again."""
    said = []
    for part in PARTS:
        number, which = divmod(number, len(part))
        said.append(part[which])
    return " ".join(said)
