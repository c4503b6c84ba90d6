"""What a learner looks up or sets beside clusters: capacity providers, container instances, account settings.

Knows nothing about what the settings change: all but `containerInsights` are only remembered.
"""

from __future__ import annotations

from typing import Any

from dockyard.cloud.ecs.base import EcsRecords
from dockyard.cloud.ecs.capacity import PROVIDERS
from dockyard.cloud.service import Request, Response, operation

#: What an account starts from. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-account-settings.html
DEFAULTS = {
    "awsvpcTrunking": "disabled",
    "containerInsights": "disabled",
    "containerInstanceLongArnFormat": "enabled",
    "defaultLogDriverMode": "non-blocking",
    "fargateFIPSMode": "disabled",
    "fargateTaskRetirementWaitPeriod": "7",
    "guardDutyActivate": "off",
    "serviceLongArnFormat": "enabled",
    "tagResourceAuthorization": "off",
    "taskLongArnFormat": "enabled",
}


class Settings(EcsRecords):
    """The operations on settings, and those that have little to tell without EC2 instances."""

    @operation("DescribeCapacityProviders")
    def describe_capacity_providers(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeCapacityProviders.html"""
        wanted = [one.rsplit("/", 1)[-1] for one in request.get("capacityProviders") or PROVIDERS]
        missing = [one for one in wanted if one not in PROVIDERS]
        return {
            "capacityProviders": [self._provider(one) for one in wanted if one in PROVIDERS],
            "failures": [{"arn": self.arn(f"capacity-provider/{one}"), "reason": "MISSING"} for one in missing],
        }

    def _provider(self, name: str) -> dict[str, Any]:
        arn = self.arn(f"capacity-provider/{name}")
        return {"capacityProviderArn": arn, "name": name, "status": "ACTIVE", "type": name, "tags": []}

    @operation("ListContainerInstances")
    def list_container_instances(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListContainerInstances.html"""
        self.cluster(request.get("cluster"))
        return {"containerInstanceArns": []}

    @operation("ListAccountSettings")
    def list_account_settings(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ListAccountSettings.html"""
        values = {**(DEFAULTS if request.get("effectiveSettings") else {}), **self.ecs.settings}
        name, value = request.get("name"), request.get("value")
        shown = [one for one in sorted(values.items()) if name in (None, one[0]) and value in (None, one[1])]
        return {"settings": [self._setting(*one) for one in shown]}

    @operation("PutAccountSetting")
    def put_account_setting(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PutAccountSetting.html"""
        self.ecs.settings[request["name"]] = request["value"]
        return {"setting": self._setting(request["name"], request["value"])}

    @operation("PutAccountSettingDefault")
    def put_account_setting_default(self, request: Request) -> Response:
        """For all users; here as PutAccountSetting, as everybody signs as the account."""
        return self.put_account_setting(request)

    @operation("DeleteAccountSetting")
    def delete_account_setting(self, request: Request) -> Response:
        """https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteAccountSetting.html"""
        self.ecs.settings.pop(request["name"], None)
        return {"setting": self._setting(request["name"], DEFAULTS.get(request["name"], ""))}

    def _setting(self, name: str, value: str) -> dict[str, str]:
        return {"name": name, "value": value, "principalArn": f"arn:aws:iam::{self.account.id}:root", "type": "user"}
