"""Places a call and reads it."""

import os

from switchboard_openapi import ApiClient, CallRequest, CallsApi, Configuration

configuration = Configuration(host=os.environ["SWITCHBOARD_URL"], access_token=os.environ["SWITCHBOARD_KEY"])
calls = CallsApi(ApiClient(configuration))
request = CallRequest(to="+442079460958", task="Ask for the opening hours.", purpose="reservation")
placed = calls.place_call(os.environ["IDEMPOTENCY_KEY"], request)
read = calls.get_call(placed.id, wait_for="settled", timeout=55)
print(read.id, read.status.value)
