"""Test cases over each of the example values."""

import unittest

import rendering


class EveryExample(unittest.TestCase):
    # Where a test is: said with each failure.
    example = pod = ""

    def examples(self):
        """The objects of each example."""
        self.assertGreaterEqual(len(rendering.EXAMPLES), 3)
        for values in rendering.EXAMPLES:
            self.example, self.pod = values.name, ""
            yield rendering.rendered(values)

    def pods(self):
        for documents in self.examples():
            for self.pod, pod in rendering.pods(documents):
                yield pod

    def _formatMessage(self, msg, standardMsg):
        return f"{self.example} {self.pod}: {super()._formatMessage(msg, standardMsg)}"
