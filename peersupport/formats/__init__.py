"""How days and times are written, by language, where a language writes them in another way than English.

Templates and code ask for a pattern in its English form ("l j F"). Django looks for a format of that name in
the language that is active, and takes the pattern itself where there is none: so one list for each language
holds what differs, and a language without a list still shows a right day.
"""
