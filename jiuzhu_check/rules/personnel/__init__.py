"""Who belongs to the household, who has died, married, is in prison, holds an office, is assisted elsewhere; and burdens.

Death, prison and marriage speak only on exact number and name, and only ask for a visit. No sentence holds the name or
number of anybody outside the household: the evidence names the row in which they stand.

life_event.py  what counts of a register        relation.py  what a roster's word for a relation says
programme_named.py  which programme a text means        hardship.py  which burdens hold on a day
"""
