"""The agent's desk: find a customer, watch what their browser showed, past or live."""
