"""Price texts that a word, a plus or brackets make something else than a price, in the columns of the cases
of real pages."""

from __future__ import annotations

__all__ = ["BESIDE_CASES"]

_TABLE = """
Red (+$5.00) | USD | extra 500 USD
Gift wrap +$5.00 | USD | extra 500 USD
$5.00 deposit | USD | extra 500 USD
0,25 € Pfand | EUR | extra 25 EUR
Earn $5.00 in points | USD | extra 500 USD
$25.00 pm | USD | installment 2500 USD
As low as $25.00 | USD | from 2500 USD
PRP 99,90 lei | RON | was 9990 RON
alk. 19,90 € | EUR | from 1990 EUR
v.a. € 19,95 | EUR | from 1995 EUR
va € 19,95 | EUR | from 1995 EUR
Economisești 20,00 lei | RON | saving 2000 RON
+$5.00 | USD | extra 500 USD
+ 5,00 € | EUR | extra 500 EUR
Deposit: $20.00 | USD | extra 2000 USD
(12,50 лв.) | EUR | 1250 BGN or -1250 BGN (minus or dash)
(12,50 €) | EUR | 1250 EUR or -1250 EUR (minus or dash)
(€ 12,50) | EUR | -1250 EUR
"""

BESIDE_CASES = [tuple(row.split(" | ")) for row in _TABLE.splitlines() if row]
