"""The lottery objective: leaders take their turn in the drawn order."""
