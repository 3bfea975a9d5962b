"""Rules that say what went wrong for the customer: one rule a file, each a pure fold over a session's facts.

A rule answers fail, pass or cannot tell with the reason; it never guesses. It sees facts in the order of
``replay.model.timeline`` and is asked for its judgement at any time; where only time decides (a price must
rest, a discount may still come) it names the moment at which to ask again. So a judgement depends on nothing
but the stored facts and that moment, and can be made again at any later time.
"""
