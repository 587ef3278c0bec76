"""The parameters and articles of each règlement become rows; a règlement is frozen by the first jury that closed."""

from django.db import migrations


def to_rows(apps, schema_editor):
    Parameter = apps.get_model("jury", "RegulationParameter")
    Session = apps.get_model("jury", "JurySession")
    for regulation in apps.get_model("jury", "Regulation").objects.all():
        articles = regulation.articles
        values = dict(regulation.parameters)
        if articles.get("defaulting"):
            values["defaulting"] = articles["defaulting"]
        if values.get("malus_article"):
            articles = {"malus_article": values["malus_article"]} | articles
        Parameter.objects.bulk_create(
            Parameter(regulation=regulation, key=key, value=value, article=articles.get(key, ""))
            for key, value in values.items()
        )
        closed = Session.objects.filter(
            formation=regulation.formation, academic_year=regulation.academic_year, state="close"
        )
        regulation.frozen_by = closed.order_by("closed_at", "pk").first()
        regulation.save()


def to_columns(apps, schema_editor):
    for regulation in apps.get_model("jury", "Regulation").objects.all():
        clauses = list(regulation.clauses.all())
        regulation.parameters = {clause.key: clause.value for clause in clauses if clause.key != "defaulting"}
        regulation.articles = {clause.key: clause.article for clause in clauses if clause.article}
        regulation.frozen_at = regulation.frozen_by.closed_at if regulation.frozen_by else None
        regulation.save()
        regulation.clauses.all().delete()


class Migration(migrations.Migration):
    dependencies = [("jury", "0003_regulation_parameters")]

    operations = [migrations.RunPython(to_rows, to_columns)]
