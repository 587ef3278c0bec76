import curriculum.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('curriculum', '0004_readings'),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Equivalence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('semester', models.PositiveSmallIntegerField(verbose_name='semestre')),
                ('ects', curriculum.fields.FigureField(max_length=12, verbose_name='ECTS')),
                ('mark', curriculum.fields.FigureField(blank=True, help_text='Laissez vide sans note\xa0: l’autre UE fait alors seule la moyenne du RCUE (I-05).', max_length=12, null=True, verbose_name='note convertie sur 20')),
                ('kind', models.CharField(choices=[('mobilite', 'mobilité'), ('transfert', 'transfert'), ('VAE', 'VAE'), ('VES', 'VES')], max_length=10, verbose_name='nature')),
                ('host', models.CharField(blank=True, max_length=200, verbose_name='établissement d’accueil ou d’origine')),
                ('document', models.CharField(help_text='Contrat d’études, relevé, décision de commission…', max_length=200, verbose_name='pièce')),
                ('reference', models.CharField(max_length=120, verbose_name='référence de la pièce')),
                ('granted_on', models.DateField(blank=True, null=True, verbose_name='date de la pièce')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='saisie le')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='retirée le')),
                ('withdrawal', models.CharField(blank=True, max_length=300, verbose_name='motif du retrait')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='par')),
                ('niveau', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='equivalences', to='curriculum.niveau', verbose_name='niveau')),
                ('student', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='equivalences', to='people.student', verbose_name='étudiant')),
            ],
            options={
                'verbose_name': 'équivalence',
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('student', 'niveau', 'semester'), name='people_equivalence_once', violation_error_message='Cet étudiant a déjà une équivalence pour cette UE.'), models.CheckConstraint(condition=models.Q(('semester__range', (1, 6))), name='people_equivalence_semester', violation_error_message='Un semestre va de 1 à 6.'), models.CheckConstraint(condition=models.Q(('kind__in', ['mobilite', 'transfert', 'VAE', 'VES'])), name='people_equivalence_kind_known', violation_error_message='Une équivalence est une mobilité, un transfert, une VAE ou une VES.'), models.CheckConstraint(condition=models.Q(models.Q(('document', ''), _negated=True), models.Q(('reference', ''), _negated=True)), name='people_equivalence_document', violation_error_message='Une équivalence repose sur une pièce et sa référence.'), models.CheckConstraint(condition=models.Q(('ects__regex', '^[0-9]+([.][0-9]+)?$')), name='people_equivalence_ects', violation_error_message='Les ECTS d’une UE sont un nombre décimal positif.'), models.CheckConstraint(condition=models.Q(('mark__isnull', True), ('mark__regex', '^(1[0-9](\\.[0-9]+)?|20(\\.0+)?)$'), _connector='OR'), name='people_equivalence_mark', violation_error_message='La note d’une UE acquise va de 10 à 20.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawal', ''), ('withdrawn_at__isnull', True)), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawal', ''), _negated=True)), _connector='OR'), name='people_equivalence_withdrawal', violation_error_message='Une équivalence retirée a un motif, et elle seule.')],
            },
        ),
    ]
