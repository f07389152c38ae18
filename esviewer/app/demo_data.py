"""Names, products and places that the demo store's people and orders are made of."""

from __future__ import annotations

PEOPLE = (
    "佐藤 花子",
    "鈴木 一郎",
    "高橋 美咲",
    "田中 健太",
    "伊藤 さくら",
    "渡辺 大輔",
    "山本 陽子",
    "中村 蓮",
    "小林 結衣",
    "加藤 悠真",
    "Ada Lindqvist",
    "Brian O'Neill",
    "Chiara Russo",
    "Dmitri Volkov",
    "Elena García",
    "Farid Haddad",
    "Grace Kim",
    "Henrik Sørensen",
    "Ines Müller",
    "Jack Thompson",
)
STAFF = ("support:mori", "support:keller", "back-office:ito", "ops:nina")
SERVICES = ("checkout-service", "payments-service", "warehouse-service", "mobile-app", "web-shop")
PRODUCTS = (
    ("SKU-1001", "抹茶 100 g", 1480),
    ("SKU-1002", "Enamel teapot", 3990),
    ("SKU-1003", "南部鉄器 急須", 12800),
    ("SKU-1004", "Linen tablecloth", 5600),
    ("SKU-1005", "風呂敷 (藍)", 2400),
    ("SKU-1006", "Cast-iron pan 26 cm", 7900),
    ("SKU-1007", "Hand-thrown mug ☕", 2850),
    ("SKU-1008", "包丁 三徳 165 mm", 15800),
    ("SKU-1009", "Sencha sampler", 2200),
    ("SKU-1010", "Walnut cutting board", 6400),
    ("SKU-1011", "線香 白檀", 1650),
    ("SKU-1012", "Wool blanket", 11900),
)
CITIES = (
    ("東京都渋谷区神宮前 1-2-3", "JP"),
    ("京都市中京区河原町通 45", "JP"),
    ("大阪市北区梅田 3-1-1", "JP"),
    ("札幌市中央区北一条西 2", "JP"),
    ("Gerbergasse 12, Basel", "CH"),
    ("Rua das Flores 8, Porto", "PT"),
    ("14 Harbour Street, Cork", "IE"),
    ("Kungsgatan 3, Göteborg", "SE"),
)
CARRIERS = ("ヤマト運輸", "Japan Post", "DHL", "Swiss Post")
ROLES = ("buyer", "approver", "admin", "auditor")
COUPONS = (("SPRING10", 1000), ("WELCOME5", 500), ("お年玉", 2026))
NOTES = (
    "Customer called about the delivery date.",
    "お客様より包装のご希望あり 🎁",
    "Address confirmed by phone.",
    "在庫確認済み",
)
