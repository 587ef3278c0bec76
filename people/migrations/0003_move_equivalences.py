"""UEs that an enrolment held by equivalence become equivalences of the student; their document was never asked for."""

from django.db import migrations


def to_rows(apps, schema_editor):
    Equivalence = apps.get_model("people", "Equivalence")
    links = apps.get_model("people", "Enrolment").equivalent_ues.through.objects
    for link in links.select_related("enrolment", "ue__plan").order_by("pk"):
        Equivalence.objects.get_or_create(
            student_id=link.enrolment.student_id,
            niveau_id=link.ue.niveau_id,
            semester=link.ue.plan.semester,
            withdrawn_at=None,
            defaults={
                "ects": link.ue.ects or 0,
                "kind": "transfert",
                "document": "Saisie antérieure, pièce non demandée",
                "reference": f"inscription {link.enrolment_id}",
            },
        )


def to_links(apps, schema_editor):
    UE = apps.get_model("curriculum", "UE")
    for equivalence in apps.get_model("people", "Equivalence").objects.filter(withdrawn_at=None):
        for enrolment in equivalence.student.enrolments.filter(plan__semester=equivalence.semester):
            enrolment.equivalent_ues.add(*UE.objects.filter(plan=enrolment.plan_id, niveau=equivalence.niveau_id))


class Migration(migrations.Migration):
    dependencies = [("people", "0002_equivalences")]

    operations = [migrations.RunPython(to_rows, to_links)]
