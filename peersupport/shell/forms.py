"""How Django draws forms here: every field with its label, hint and error beside it."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Named by the FORM_RENDERER setting, so `{{ form }}` is accessible anywhere."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
