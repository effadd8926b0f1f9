"""Which form asks which question."""

from __future__ import annotations

from peersupport.joining.agreement_forms import AgreementForm, WishesForm
from peersupport.joining.forms import (
    BackgroundForm,
    ClockForm,
    CourseForm,
    LanguageForm,
    NameForm,
    QuestionForm,
    TimesForm,
)
from peersupport.joining.reach_forms import AddressForm, ContactForm, PhoneForm

FORMS: dict[str, type[QuestionForm]] = {
    "agreement": AgreementForm,
    "course": CourseForm,
    "language": LanguageForm,
    "clock": ClockForm,
    "times": TimesForm,
    "background": BackgroundForm,
    "contact": ContactForm,
    "address": AddressForm,
    "phone": PhoneForm,
    "name": NameForm,
    "wishes": WishesForm,
}
