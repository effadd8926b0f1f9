"""The conflict check: people who must not meet are kept apart by keyed hashes, without a list of families.

`naming` keeps whom an application names, `checking` says for a group or for a plan who must not meet, and
never with whom a match is. Beneath them: `crowd` reads who is where, `matching` compares, `hashing` and the
pure `spellings` and `sounds` turn a line into what is compared.
"""
