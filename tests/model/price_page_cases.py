"""Price texts as they stand on real pages, with what is known beside them and what they have to be read as.

Columns: text | hints (language, currency, decimal mark of the page's other prices; - for none) | reading: the
role if there is one, minor units (or digits/decimals where they cannot be told) and currency (? if unknown).
"""

from __future__ import annotations

__all__ = ["PAGE_CASES"]

_TABLE = """
# labels and remarks
Price: £28.96 | GBP | 2896 GBP
Total (Inclusive of tax $0.00) | USD | unusable: only in a remark
£349.42 (includes £58.24 VAT) | GBP | 34942 GBP
349,42 € (inkl. 58,24 € MwSt.) | de EUR | 34942 EUR
inkl. 19% MwSt. 5,99 € | EUR | 599 EUR
5,99 € inkl. 19 % MwSt., zzgl. Versand | EUR | 599 EUR
Order total: $379.00 | USD | 37900 USD
Total: 379.00 | USD | 37900 USD
Total 379 | USD | unusable: a number beside words
Total: 379 | USD | 37900 USD
379 items | USD | unusable: no amount
Subtotal (3 items): $59.97 | USD | 5997 USD
$19.99 (was $29.99) | USD | 1999 USD
$19.99 each | USD | 1999 USD
19,99 € / Stück | EUR | 1999 EUR
19,99 €* | EUR | 1999 EUR
$19.99† | USD | 1999 USD
$10.00 plus tax | USD | 1000 USD
$20.00 USD | USD | 2000 USD
CA$20.00 | USD | 2000 CAD
C $20.00 | CAD | 2000 CAD
US $20.00 | CAD | 2000 USD
A$ 20.00 | AUD | 2000 AUD
$20.00 CAD | USD | 2000 CAD
20,00 $ CA | CAD | 2000 CAD
20,00 $US | CAD | 2000 USD
€20 USD | EUR | unusable: several currencies
19,99 € (39,10 лв.) | EUR | unusable: several currencies
19,99 € / 39,10 лв. | EUR | unusable: several currencies
# signs
-$20.00 | USD | -2000 USD
$-20.00 | USD | -2000 USD
- $20.00 | USD | -2000 USD
– $20.00 | USD | -2000 USD
−$20.00 | USD | -2000 USD
€ -20,00 | EUR | -2000 EUR
€ - 20,00 | EUR | 2000 EUR or -2000 EUR (minus or dash)
20,00- € | EUR | -2000 EUR
20,00 €- | EUR | -2000 EUR
20,00 € - | EUR | 2000 EUR or -2000 EUR (minus or dash)
￥1,299- | JPY | 1299 JPY or -1299 JPY (minus or dash)
kr 1 299- | NOK | 129900 NOK or -129900 NOK (minus or dash)
($20.00) | USD | -2000 USD
(20.00) | USD | -2000 USD
(2) | USD | 200 USD or -200 USD (minus or dash)
Discount ($20.00) | USD | saving 2000 USD or saving -2000 USD (minus or dash)
Express ($12.99) | USD | 1299 USD or -1299 USD (minus or dash)
-($20.00) | USD | -2000 USD
(-$20.00) | USD | -2000 USD
Discount: -$20.00 | USD | saving -2000 USD
Discount: - $20.00 | USD | saving -2000 USD
Shipping - $20.00 | USD | 2000 USD or -2000 USD (minus or dash)
1 item(s) - $602.00 | USD | count 60200 USD or count -60200 USD (minus or dash)
SPRING20 -$20.00 | USD | -2000 USD
Coupon (SPRING20): -$20.00 | USD | -2000 USD
20OFF -$20.00 | USD | saving -2000 USD
-20% $379.00 | USD | 37900 USD
# free
Free | USD | free 0 USD
FREE | USD | free 0 USD
FREE! | USD | free 0 USD
Versand: kostenlos | EUR | free 0 EUR
Kostenlos | - | free 0 ?
Livraison gratuite | EUR | free 0 EUR
Free shipping over $50 | USD | threshold 5000 USD
送料無料 | JPY | free 0 JPY
무료배송 | KRW | free 0 KRW
Sugar free | USD | unusable: no number
Free returns | USD | unusable: no number
$0.00 | USD | 0 USD
# sentences and nothing
Select shipping method | - | unusable: no number
Calculated at checkout | - | unusable: no number
- | - | unusable: no number
— | - | unusable: no number
••••• | - | unusable: no number
Add $12.01 more to unlock free shipping | USD | threshold 1201 USD
Buy 2 get $5 off | USD | unusable: a number beside numbers
Spend $50 and save $10 | USD | unusable: several amounts
We will call you about the $20.00 that you paid twice on Monday | USD | unusable: a sentence
Ends in 2 days | USD | unusable: a number beside words
4.5 stars | USD | unusable: a number beside words
12.05.2025 | EUR | unusable: not a number
12/05 | USD | unusable: a number beside numbers
10:30 | USD | unusable: a number beside numbers
+49 30 1234567 | EUR | unusable: a number beside numbers
# two amounts
$379.00 $499.00 | USD | unusable: several amounts
379.00 499.00 | USD | unusable: a number beside numbers
379,00 499,00 € | EUR | unusable: a number beside numbers
$499.00 Now $379.00 | USD | unusable: several amounts
$29.99 $29.99 | USD | 2999 USD
$29.99 29.99 | USD | unusable: a number beside numbers
$299 99 | USD | unusable: a number beside numbers
Qty 2 $379.00 | USD | unusable: a number beside numbers
2 $379.00 | USD | unusable: a number beside numbers
$19 $29 $39 | USD | unusable: several amounts
# ranges
$19 – $29 | USD | 1900 USD to 2900 USD
$19.00 – $29.00 | USD | 1900 USD to 2900 USD
$19-$29 | USD | 1900 USD to 2900 USD
19 – 29 € | EUR | 1900 EUR to 2900 EUR
19,00 - 29,00 € | EUR | 1900 EUR to 2900 EUR
19 € bis 29 € | EUR | 1900 EUR to 2900 EUR
From $19 to $29 | USD | from 1900 USD to from 2900 USD
USD 19 - USD 29 | USD | 1900 USD to 2900 USD
19 – 29 | USD | unusable: a number beside numbers
$379.00 -$20.00 | USD | unusable: several amounts
1.299 – 1.499 € | EUR | 129900 EUR to 149900 EUR or 1299/3 EUR to 1499/3 EUR (thousands or decimals)
1.299 – 1.499 € | de EUR | 129900 EUR to 149900 EUR
1.299 – 2.499,50 € | EUR | 129900 EUR to 249950 EUR
999 – 1.299 € | EUR | 99900 EUR to 129900 EUR
¥1,280～¥2,560 | JPY | 1280 JPY to 2560 JPY
5-7 days | USD | unusable: a number beside numbers
# roles
from $10 | USD | from 1000 USD
From: $10 | USD | from 1000 USD
ab 10 € | EUR | from 1000 EUR
Preis ab 10,00 € | EUR | from 1000 EUR
à partir de 10 € | EUR | from 1000 EUR
vanaf € 10 | EUR | from 1000 EUR
från 100 kr | SEK | from 10000 SEK
od 10 zł | PLN | from 1000 PLN
от 100 ₽ | RUB | from 10000 RUB
1,280円から | JPY | from 1280 JPY
1,280円～ | JPY | from 1280 JPY
12,800원부터 | KRW | from 12800 KRW
¥128起 | CNY | from 12800 CNY
$10+ | USD | from 1000 USD
Starting at $10 | USD | from 1000 USD
up to $10 | USD | up_to 1000 USD
bis zu 10 € | EUR | up_to 1000 EUR
Was $499.00 | USD | was 49900 USD
Regular price $499.00 | USD | was 49900 USD
UVP 499,00 € | EUR | was 49900 EUR
statt 499,00 € | EUR | was 49900 EUR
au lieu de 499 € | EUR | was 49900 EUR
List: $499.00 | USD | was 49900 USD
通常価格 ¥1,280 | JPY | was 1280 JPY
You save $20.00 | USD | saving 2000 USD
Sie sparen 20,00 € | EUR | saving 2000 EUR
$20.00 off | USD | saving 2000 USD
$20 OFF | USD | saving 2000 USD
Discount -$20.00 | USD | saving -2000 USD
$3.99 / 100 g | USD | per_measure 399 USD
$3.99/lb | USD | per_measure 399 USD
(39,90 €/kg) | EUR | unusable: only in a remark
3,99 € / 1 kg | EUR | per_measure 399 EUR
1 kg = 39,90 € | EUR | per_measure 3990 EUR
39,90 € je kg | EUR | per_measure 3990 EUR
39,90 € pro 100 ml | EUR | per_measure 3990 EUR
3,99 € le kg | EUR | per_measure 399 EUR
$3.99 per lb | USD | per_measure 399 USD
500 g 3,99 € | EUR | 399 EUR
3 for $10 | USD | count 1000 USD
3 für 10 € | EUR | count 1000 EUR
2 x $19.99 | USD | count 1999 USD
2 × $19.99 | USD | count 1999 USD
$19.99 × 2 | USD | count 1999 USD
12x R$ 99,90 sem juros | BRL | installment 9990 BRL
em até 12x de R$ 99,90 | BRL | count 9990 BRL
4 payments of $12.50 | USD | installment 1250 USD
$12.50/mo | USD | installment 1250 USD
$12.50 per month | USD | installment 1250 USD
12,50 € mtl. | EUR | installment 1250 EUR
~$20 | USD | about 2000 USD
ca. 20 € | EUR | about 2000 EUR
approx. $20 | USD | about 2000 USD
20% | USD | 20/0 %
-20 % | USD | -20/0 %
20% off | USD | 20/0 %
12.5% | USD | 125/1 %
12,5 % | EUR | 125/1 %
%20 | TRY | 20/0 %
10-20% | USD | unusable: a number beside numbers
Members $10.00 | USD | member 1000 USD
# marks of the thousands
$1,299 | USD | 129900 USD or 1299/3 USD (thousands or decimals)
$1,299 | en USD | 129900 USD
$1,299 | de USD | 129900 USD or 1299/3 USD (thousands or decimals)
$1,299 | USD . | 129900 USD
$1,299 | USD , | 129900 USD or 1299/3 USD (thousands or decimals)
1.299 € | EUR | 129900 EUR or 1299/3 EUR (thousands or decimals)
1.299 € | de EUR | 129900 EUR
1.299 € | en EUR | 129900 EUR or 1299/3 EUR (thousands or decimals)
1.299 € | EUR , | 129900 EUR
1.299 € | EUR . | 129900 EUR or 1299/3 EUR (thousands or decimals)
1.000 € | en EUR | 100000 EUR or 100 EUR (thousands or decimals)
12.345 | KWD | 12345 KWD or 12345000 KWD (thousands or decimals)
12.345 | - | 12345/0 ? or 12345/3 ? (thousands or decimals)
KD 12.345 | en KWD | 12345 KWD
12.345 د.ك | ar KWD | 12345 KWD
KD 12,345 | en KWD | 12345 KWD or 12345000 KWD (thousands or decimals)
12,345 DT | fr TND | 12345 TND
12,345 DT | en TND | 12345 TND or 12345000 TND (thousands or decimals)
KWD 1,250.500 | KWD | 1250500 KWD
1.250,500 DT | TND | 1250500 TND
0.500 KD | KWD | 500 KWD
12.5 KD | KWD | 12500 KWD
12.3456 KD | KWD | unusable: more decimals than the currency has
¥12,800 | JPY | 12800 JPY
¥12,800 | CNY | 1280000 CNY or 1280 CNY (thousands or decimals)
¥12,800 | zh CNY | 1280000 CNY
¥12,800 | - | 12800/0 ? or 1280 ? (thousands or decimals)
¥12.800 | JPY | 12800 JPY
¥1,500.00 | JPY | 1500 JPY
¥1,500.50 | JPY | unusable: more decimals than the currency has
₩12,000 | KRW | 12000 KRW
129.000 ₫ | en VND | 129000 VND
$12.990 | CLP | 12990 CLP
$12.990 | CAD | 1299000 CAD or 1299 CAD (thousands or decimals)
Rp150.000 | IDR | 15000000 IDR or 15000 IDR (thousands or decimals)
Rp150.000 | id IDR | 15000000 IDR
129 901 Ft | HUF | 12990100 HUF
1 299 € | EUR | 129900 EUR
12 99 € | EUR | unusable: a number beside numbers
1299,00 | EUR | 129900 EUR
1299.00 | USD | 129900 USD
1,29,900 | INR | 12990000 INR
₹1,29,900/- | INR | 12990000 INR
Rs. 1,29,900 | INR | 12990000 INR
Rs.500 | INR | 50000 INR
1'299.- | CHF | 129900 CHF
1’299.00 | CHF | 129900 CHF
Fr. 1'299.– | CHF | 129900 CHF
299.-- | CHF | 29900 CHF
299,- | NOK | 29900 NOK
299,– € | EUR | 29900 EUR
299:- | SEK | 29900 SEK
1.299,-- € | EUR | 129900 EUR
1.234.- | CHF | 123400 CHF
0,129 € | EUR | unusable: more decimals than the currency has
$.99 | USD | 99 USD
.99 | USD | 99 USD
1.2.3 | USD | unusable: not a number
1.234.56 | USD | unusable: not a number
1,23,45 | USD | unusable: not a number
1,234,567 | USD | 123456700 USD
1.234.567 | EUR | 123456700 EUR
12345.678 | USD | unusable: more decimals than the currency has
12345.670 | USD | 1234567 USD
999999999999999999999 | USD | unusable: not a number
# cents
35€99 | EUR | 3599 EUR
1 235€99 | EUR | 123599 EUR
1.235€99 | EUR | 123599 EUR
35 € 99 | EUR | unusable: a number beside numbers
35€999 | EUR | unusable: a number beside numbers
5$00 | USD | 500 USD
35,00€99 | EUR | unusable: not a number
$299⁹⁹ | USD | 29999 USD
$1.299⁹⁹ | USD | 129999 USD
$299.99¹ | USD | 29999 USD
$299¹ | USD | 29900 USD
12⁵⁰⁰ KD | KWD | 12500 KWD
$1.299,99 | USD | 129999 USD
$19.99,12 | USD | unusable: not a number
$19.991 | USD | 1999100 USD or 19991/3 USD (thousands or decimals)
99¢ | USD | 99 USD
99 ¢ | USD | 99 USD
80p | GBP | 80 GBP
99 ct | EUR | 99 EUR
99 cents | USD | 99 USD
99.5¢ | USD | unusable: no amount
$2½ | USD | unusable: not the amount in full
# not in full
$1.5k | USD | unusable: not the amount in full
$1.5M | USD | unusable: not the amount in full
1,5 Mio. € | EUR | unusable: not the amount in full
Rp150rb | IDR | unusable: not the amount in full
₹2 lakh | INR | unusable: not the amount in full
1.2万 | CNY | unusable: not the amount in full
1万2,800円 | JPY | unusable: not the amount in full
만원 | KRW | unusable: no number
1만원 | KRW | unusable: not the amount in full
$1,2… | USD | unusable: cut off
$1,299… | USD | unusable: cut off
($379.00 | USD | unusable: cut off
# other scripts
١٬٢٩٩٫٠٠ ر.س | SAR | 129900 SAR
۱۲۳٬۴۵۶ تومان | IRR | unusable: no currency of ISO 4217
۱٬۲۹۹ ﷼ | fa IRR | 129900 IRR
١،٢٩٩ ر.س | ar SAR | 129900 SAR
￥１２,８００ | JPY | 12800 JPY
１２，８００円 | JPY | 12800 JPY
12,800円(税込) | JPY | 12800 JPY
12,800円（税込） | JPY | 12800 JPY
12,800円(税込14,080円) | JPY | 12800 JPY
税込 14,080 円 | JPY | 14080 JPY
12,800元 | CNY | 1280000 CNY or 1280 CNY (thousands or decimals)
NT$1,280 | TWD | 128000 TWD or 128 TWD (thousands or decimals)
原价 ¥128 | CNY | was 12800 CNY
1 299,00 грн. | UAH | 129900 UAH
1 299 р. | RUB | 129900 RUB
1.299,00 TL | TRY | 129900 TRY
₺1.299,00 | TRY | 129900 TRY
ש"ח 129.90 | ILS | 12990 ILS
129.90 ₪ | ILS | 12990 ILS
฿1,299.00 | THB | 129900 THB
1,299 บาท | th THB | 129900 THB
R1,299.00 | ZAR | 129900 ZAR
R 1 299,00 | ZAR | 129900 ZAR
S/ 1,299.00 | PEN | 129900 PEN
S/.129.90 | PEN | 12990 PEN
B/.12.50 | PAB | 1250 PAB
Bs. 129,90 | BOB | 12990 BOB
Q129.90 | GTQ | 12990 GTQ
L 129.90 | HNL | 12990 HNL
K150.00 | ZMW | 15000 ZMW
RM129.90 | MYR | 12990 MYR
KSh 1,299.00 | KES | 129900 KES
₦1,299.00 | NGN | 129900 NGN
GH₵129.00 | GHS | 12900 GHS
CFA 12 500 | XOF | 12500 XOF
12 500 F CFA | XOF | 12500 XOF
12.500 FCFA | XOF | 12500 XOF
Dhs. 129.00 | AED | 12900 AED
129,00 DH | MAD | 12900 MAD
129 Kč | CZK | 12900 CZK
129,- Kč | CZK | 12900 CZK
129,90 zł | PLN | 12990 PLN
129,90 lei | RON | 12990 RON
129,90 ron | RON | 12990 RON
12,99 EURO | EUR | 1299 EUR
Eur 12,99 | EUR | 1299 EUR
0.10 BTC | USD | unusable: no currency of ISO 4217
₿0.10 | USD | unusable: no currency of ISO 4217
39,10 лв. | EUR | 3910 BGN
¤12.00 | USD | unusable: no currency of ISO 4217
TOP 10 | USD | 1000 TOP
iPhone 15 499 € | EUR | 1549900 EUR or 49900 EUR (one number or two)
iPhone 15 $999 | USD | unusable: a number beside numbers
Size 42 | EUR | unusable: a number beside words
Size L $12.00 | USD | 1200 USD
# found later
Nu 1 299 kr | SEK | 129900 SEK
Celkem 1 299 Kč | CZK | 129900 CZK
Antal 2 500 kr | SEK | 250000 SEK or 50000 SEK (one number or two)
Price reduced from $499.00 to $379.00 | USD | unusable: several amounts
Sale price $379.00 | USD | 37900 USD
$379.00Sale | USD | unusable: a number beside words
3-pack $10.00 | USD | 1000 USD
In stock $5.00 | USD | 500 USD
10 Ft-tól | HUF | from 1000 HUF
$20 and up | USD | from 2000 USD
$379.00 | USD | 37900 USD
$ 379.00 | USD | 37900 USD
$379.00. | USD | 37900 USD
$379.00, | USD | 37900 USD
EUR379 | EUR | 37900 EUR
$1,299 $1,299 | en USD | 129900 USD
$379.00 / $379.00 | USD | unusable: several amounts
2 for 1 | USD | unusable: a number beside words
1/2 $5.00 | USD | unusable: a number beside numbers
5% $5.00 | USD | 500 USD
VAT 20% £5.00 | GBP | 500 GBP
-5% | USD | -5/0 %
1.5% | USD | 15/1 %
1,250% | USD | 1250/0 % or 1250/3 % (thousands or decimals)
٪٢٠ | SAR | 20/0 %
−۱٬۲۹۹ ﷼ | IRR | -129900 IRR
# numbers that are not the amount
$5 + $5 | USD | unusable: several amounts
$379 500 ml | USD | per_measure 37950000 USD or per_measure 37900 USD (one number or two)
R 1 299 incl. VAT | ZAR | 129900 ZAR
5 k€ | EUR | unusable: a number beside words
€ Preis 19,99 | EUR | 1999 EUR
4.5 ★ | USD | unusable: a number beside words
5 ezer Ft | HUF | unusable: not the amount in full
5พันบาท | THB | unusable: not the amount in full
379.00* | USD | 37900 USD
S24 899 € | EUR | unusable: no amount
€5 99ct | EUR | unusable: several amounts
3 500 g Packung 5 € | EUR | 500 EUR
3元5角 | CNY | unusable: a number beside numbers
5 руб. 99 коп. | RUB | unusable: a number beside numbers
$379\u200b$499 | USD | unusable: several amounts
379.00 (USD) | USD | 37900 USD
USD: 379.00 | EUR | 37900 USD
"""

PAGE_CASES = [tuple(row.split(" | ")) for row in _TABLE.splitlines() if " | " in row]
