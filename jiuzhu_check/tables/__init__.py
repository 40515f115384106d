"""What one row is: one file, one table. Rooms meet only here.

Money is Decimal yuan, months are first-of-month dates, every code is text, null means unknown and never zero.
"""
