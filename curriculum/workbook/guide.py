"""What the first sheet of our template says to the person who fills it in."""

GUIDE: tuple[tuple[str, str], ...] = (
    (
        "À quoi sert ce classeur",
        "Il décrit une maquette : une feuille par tableau de semestre, pour un parcours et un régime. "
        "Délibéré le relit sans rien perdre : ce que vous téléchargez depuis la page d’une maquette se "
        "modifie et se renvoie tel quel.",
    ),
    (
        "Où écrire",
        "Dans les cellules blanches, et dans les codes d’UE en tête de colonne. Les cellules grises se "
        "calculent seules. Les feuilles sont protégées sans mot de passe : Révision, Ôter la protection.",
    ),
    (
        "1. La feuille « Formation »",
        "Le code de la formation, la spécialité et l’année universitaire (2026-2027) ; les dates des conseils "
        "quand elles sont connues ; le bonus maximal par UE s’il y en a un.",
    ),
    (
        "2. Une feuille par tableau",
        "Semestre (1 à 6), parcours, régime (FI ou alternance ; rien si la formation ne les distingue pas). "
        "Pour un autre parcours ou régime, copiez la feuille : clic droit sur l’onglet, Déplacer ou copier, "
        "Créer une copie. Une feuille laissée vide n’est pas lue.",
    ),
    (
        "3. Les UE",
        "Une colonne par UE : son code (UE3.1), son intitulé, sa compétence, son niveau (1 à 3), ses ECTS. "
        "Sans compétence ni niveau, la compétence est le rang de l’UE et le niveau l’année de BUT.",
    ),
    (
        "4. Les modules",
        "Une ligne par module, sous « Ressources », « SAÉ » ou « Autres ». Il manque une ligne ? Insérez-la "
        "au-dessus de la dernière ligne blanche du pôle. Les heures, les coefficients et les poids s’écrivent "
        "avec une virgule. Une cellule vide veut dire : rien ; un 0 écrit est gardé.",
    ),
    (
        "5. Les évaluations",
        "À droite des coefficients, par trois colonnes : la modalité, combien d’évaluations si c’est dit, "
        "leur poids. Il en faut plus ? Ajoutez trois colonnes intitulées Modalité, Nombre et Poids, avec le "
        "numéro suivant.",
    ),
    (
        "6. Les dernières colonnes",
        "Elles restent presque toujours vides. « Parcours du module » : l’alternative d’un seul parcours dans "
        "un tableau commun. « UE cochées » : les UE pour lesquelles le module est coché sans coefficient "
        "(UE3.1 ; UE3.2). « Amendements » : un coefficient corrigé par un conseil (UE3.1 : 0,3 → 0,2) ; "
        "barrer l’ancien chiffre dans la cellule, devant le nouveau, revient au même. « Clé » : à laisser "
        "vide, elle vient du code.",
    ),
    (
        "7. Les totaux annoncés",
        "Sous les modules, recopiez les totaux que le document voté imprime, même faux : Délibéré les compare "
        "aux sommes et le dit. Sans document, laissez ces lignes vides.",
    ),
    (
        "Ce qui se vérifie pendant la saisie",
        "En tête de chaque UE, la somme des coefficients, l’écart avec les ECTS (vert s’il est nul, rouge "
        "sinon) et la part du pôle SAÉ (orange hors de 40 à 60 %). Le total des ECTS du semestre est rouge "
        "s’il ne fait pas 30 ; le total d’heures d’un module est orange s’il n’est pas la somme de sa ligne.",
    ),
    (
        "La feuille « Constats »",
        "Ce que Délibéré a trouvé à redire au document d’origine. Elle n’est pas à remplir : dès qu’une "
        "cellule change, les constats sont refaits à la lecture.",
    ),
)
