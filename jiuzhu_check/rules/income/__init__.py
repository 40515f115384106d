"""核算表: the income account of a household, from what sources show, what was declared and what the policy says.

Records become lines, one file a kind of line; account.py adds them up. What a line says holds for twelve whole months
before the day of the check, in cents, rounded once; unknown stays unknown; what is only worked out is marked as estimated.

received.py  amounts by the months that sources name     wages.py, kinds.py, business.py, pension.py  what sources show
declared.py  what nobody else shows                      imputed_wage.py, supporters.py  by the county's table and formulas
deductions.py  necessary spending                        standard.py, account.py  the sum beside the standard
"""
