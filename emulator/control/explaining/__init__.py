"""Why a call, a batch or a callback is as it is: told step by step, out of what the world knows."""
