from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0003_move_equivalences")]

    operations = [migrations.RemoveField(model_name="enrolment", name="equivalent_ues")]
