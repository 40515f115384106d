"""救助类别: the kinds of assistance that a value may be limited to, as the roster names them."""

# 低保、特困：《社会救助暂行办法》；低保边缘：民发〔2021〕57号第八条所称；支出型、刚性支出：后者自 2025-01-01 全国统一。
PROGRAMMES = (
    "城市低保", "农村低保", "城市特困", "农村特困", "低保边缘", "支出型困难", "刚性支出困难", "临时救助", "医疗救助",
)  # fmt: skip
