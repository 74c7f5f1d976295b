# flake8: noqa

# import apis into api package
from switchboard_client.generated.api.about_api import AboutApi
from switchboard_client.generated.api.administration_api import AdministrationApi
from switchboard_client.generated.api.batches_api import BatchesApi
from switchboard_client.generated.api.calls_api import CallsApi
from switchboard_client.generated.api.events_api import EventsApi
from switchboard_client.generated.api.experiments_api import ExperimentsApi
from switchboard_client.generated.api.keys_api import KeysApi
from switchboard_client.generated.api.money_api import MoneyApi
from switchboard_client.generated.api.people_api import PeopleApi
from switchboard_client.generated.api.plan_api import PlanApi
from switchboard_client.generated.api.providers_api import ProvidersApi
from switchboard_client.generated.api.rules_api import RulesApi
from switchboard_client.generated.api.webhooks_api import WebhooksApi

