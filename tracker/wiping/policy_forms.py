"""The shape of a policy, one choice for each thing it decides."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired, Regexp

from tracker.web.forms import Form
from tracker.web.shown import say
from tracker.wiping.methods import Level
from tracker.wiping.policy_rules import LAYOUTS, LEVELS, MEDIA, Policy, Reviewer
from tracker.wiping.policy_wording_rules import DEMANDED, LAYOUT_WORDS, REVIEWERS, UNVERIFIED
from tracker.wiping.readings import MEDIUM_NAMES

_CHOSEN = [InputRequired(_l("Choose one of these."))]
YES, NO = "yes", "no"


class _PolicyForm(Form):
    number = HiddenField(validators=[InputRequired(), Regexp(r"^[0-9]{1,9}\Z")])
    unverified = RadioField(_l("Does a drive count that was wiped but not verified?"), _CHOSEN)
    layout = RadioField(_l("Which logs of nwipe count without a person?"), _CHOSEN)
    reviewer = RadioField(_l("Who decides that a doubtful wipe counts?"), _CHOSEN)


class PolicyForm(_PolicyForm):
    """`number`: the policy that was on the page, so that two who change it at once do not overwrite each other."""

    def __init__(self, policy: Policy, **kwargs: Any) -> None:
        shown = {
            "number": str(policy.number),
            "unverified": YES if policy.unverified_accepted else NO,
            "layout": policy.nwipe_layout,
            "reviewer": policy.reviewer.value,
            **{f"level_{medium.value}": policy.demanded(medium).value for medium in MEDIA},
        }
        super().__init__(data=shown, **kwargs)
        self.unverified.choices = [(NO, say(UNVERIFIED[False])), (YES, say(UNVERIFIED[True]))]
        self.layout.choices = [(one, say(LAYOUT_WORDS[one])) for one in LAYOUTS]
        self.reviewer.choices = [(one.value, say(word)) for one, word in REVIEWERS.items()]
        for medium, field in self.levels:
            field.label.text = say(MEDIUM_NAMES[medium])
            field.choices = [(one.value, say(DEMANDED[one])) for one in LEVELS]

    @property
    def levels(self) -> list[tuple[Any, Any]]:
        """Each kind of drive with its field."""
        return [(medium, self[f"level_{medium.value}"]) for medium in MEDIA]

    @property
    def policy(self) -> Policy:
        """What was chosen, with the number of the policy that was looked at."""
        return Policy(
            number=int(self.number.data),
            unverified_accepted=self.unverified.data == YES,
            nwipe_layout=self.layout.data,
            levels={medium: Level(field.data) for medium, field in self.levels},
            reviewer=Reviewer(self.reviewer.data),
        )


for _medium in MEDIA:
    setattr(PolicyForm, f"level_{_medium.value}", RadioField(_medium.value, _CHOSEN))
