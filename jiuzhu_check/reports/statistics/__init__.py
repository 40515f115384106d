"""统计 statistics: what the checks of a period came to, in counts that add up, without anybody's name or number."""
