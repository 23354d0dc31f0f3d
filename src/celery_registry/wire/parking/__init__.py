"""Messages that do not fit the worker that got them: parked instead of lost, shown, and sent back when they fit.

Law: a message is published to the parking queue before it is acknowledged, and what Celery would have run is never
touched. How an application asks for it is ``guard``'s business, how it is shown ``cli``'s.
"""
