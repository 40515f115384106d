"""CHECK: registered against declared and allowed. One file = one rule; the folder is the registry.

In come the roster, the records that are surely linked to a member, the links still to be reviewed, and the policy's
limits by region and programme; out comes FINDING. A rule compares and never decides: what is not known, not certain, shared with
others or younger than the declaration is a question, what favours the household is a finding too.

rule.py  what a rule is        run.py  hands each rule the tables it names        the other files without @rule say
what is compared: declared.py, provident_fund_account.py, income.py. A folder holds the rules of one subject: property/
"""
