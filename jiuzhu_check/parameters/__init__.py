"""What the law and the county's policy say, and since when: dated values with unit and source.

The TOML files beside this one declare every parameter: title, unit, type. Where a national rule gives a value it
stands there with its article; no average and no local figure ever does. A workspace's `policy/*.toml` adds the
values of its region; nothing else has to change:

    region = "370000"
    source = "××县人民政府办公室文件"

    [[dibao_standard.urban]]
    from  = 2018-01-01
    value = 616
    unit  = "元/人月"

parameter.py  what may be said         file.py  a TOML file becomes values       policy.py  what is in force
"""
