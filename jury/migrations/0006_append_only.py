"""The database refuses to change or delete a decision or a record (docs/decisions/0011-append-only.md)."""

from django.db import migrations

TABLES = ("jury_decision", "jury_record")
REFUSAL = "Une décision de jury ou un registre scellé ne change plus : il faut une nouvelle délibération (N-24)."

PROTECT = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for table in TABLES
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION jury_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        *(
            f"CREATE TRIGGER {table}_no_{name} BEFORE {acts} ON {table} FOR EACH {scope} "
            "EXECUTE FUNCTION jury_append_only()"
            for table in TABLES
            for name, acts, scope in (("change", "UPDATE OR DELETE", "ROW"), ("truncate", "TRUNCATE", "STATEMENT"))
        ),
    ],
}
RELEASE = {
    "sqlite": [f"DROP TRIGGER {table}_no_{act}" for table in TABLES for act in ("update", "delete")],
    "postgresql": [
        *(f"DROP TRIGGER {table}_no_{name} ON {table}" for table in TABLES for name in ("change", "truncate")),
        "DROP FUNCTION jury_append_only()",
    ],
}


def execute(connection, statements):
    with connection.cursor() as cursor:
        for statement in statements[connection.vendor]:
            cursor.execute(statement)


def protect(apps, schema_editor):
    execute(schema_editor.connection, PROTECT)


def release(apps, schema_editor):
    execute(schema_editor.connection, RELEASE)


class Migration(migrations.Migration):
    dependencies = [("jury", "0005_drop_regulation_json")]

    operations = [migrations.RunPython(protect, release)]
