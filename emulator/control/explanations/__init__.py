"""Why a call, a batch or a callback is as it is, step by step."""
