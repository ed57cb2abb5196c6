"""What a reviewer is told can't be done."""


class ReviewError(Exception):
    """Something that can't be done; the message says why. `status`: as in HTTP."""

    def __init__(self, message: str, status: int = 422):
        super().__init__(message)
        self.status = status
