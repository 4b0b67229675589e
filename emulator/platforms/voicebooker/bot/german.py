"""The phrases of German conversations."""

from typing import Final

from emulator.platforms.voicebooker.book.people import BIRTHDAY, FIRST_NAME, LAST_NAME
from emulator.platforms.voicebooker.bot.phrases import Phrase, Phrasebook

GERMAN: Final = Phrasebook(
    phrases={
        Phrase.APOLOGY: (
            "Es tut mir leid, hier ist etwas schiefgegangen. Bitte rufen Sie später noch"
            " einmal an. Auf Wiederhören."
        ),
        Phrase.WHOSE: " von {business}",
        Phrase.GREETING: (
            "Guten Tag, hier ist der Sprachassistent{whose}. Was kann ich für Sie tun?"
        ),
        Phrase.OUTBOUND_GREETING: (
            "Guten Tag, hier ist der Sprachassistent{whose}. Ich rufe wegen Ihres Termins an."
        ),
        Phrase.HELLO: "Hallo?",
        Phrase.STILL_THERE: "Sind Sie noch da?",
        Phrase.CANNOT_HEAR: "Es tut mir leid, ich kann Sie nicht hören.",
        Phrase.GOODBYE: "Auf Wiederhören.",
        Phrase.THANKS: "Vielen Dank. Auf Wiederhören.",
        Phrase.PUTTING_THROUGH: "Ich verbinde Sie.",
        Phrase.WANTS_BOOKING: "Ich möchte einen Termin buchen.",
        Phrase.WANTS_MOVE: "Ich möchte meinen Termin verlegen.",
        Phrase.WANTS_CANCELLATION: "Ich möchte meinen Termin absagen.",
        Phrase.AT_TIME: "am {day} um {time} Uhr",
        Phrase.AT_TEXT: "um {text}",
        Phrase.AT_UNKNOWN: "zu einer mir unbekannten Zeit",
        Phrase.ANSWER: "{answer}.",
        Phrase.CHOICE: "{name}, bitte.",
        Phrase.NO_OPTION: "{wish} gibt es leider nicht. Es gibt {options}.",
        Phrase.WHICH_NEW_TYPE: "Was für einen Termin möchten Sie: {options}?",
        Phrase.WHICH_TYPE: "Um was für einen Termin geht es: {options}?",
        Phrase.NO_TYPES: "Im Moment kann leider nichts gebucht werden.{unchanged} Auf Wiederhören.",
        Phrase.WHICH_AGENT: "Bei wem möchten Sie den Termin: {options}?",
        Phrase.WITH_AGENT: "Bei {wish}, bitte.",
        Phrase.NO_PREFERENCE: "Das ist mir gleich.",
        Phrase.NO_AGENT: "{wish} ist dafür leider nicht verfügbar. Darf es jemand anderes sein?",
        Phrase.ANYBODY: "Ja, das ist mir recht.",
        Phrase.WHICH_PRODUCT: "Was davon möchten Sie: {options}?",
        Phrase.NO_PRODUCTS: "Dafür kann leider nichts gebucht werden.{unchanged} Auf Wiederhören.",
        Phrase.WHICH_DAY: "Für welchen Tag möchten Sie den Termin?",
        Phrase.MOVE_TO: "Sie haben einen Termin {when}. Auf welchen Tag möchten Sie ihn verlegen?",
        Phrase.DAY: "Am {day}, bitte.",
        Phrase.DAY_NOT_BEFORE: "Am {day}, nicht vor {time} Uhr, bitte.",
        Phrase.NOTHING_FREE: "Am {day} ist leider nichts frei. Würde der nächste Tag passen?",
        Phrase.ONLY_OTHER_TIMES: (
            "Am {day} sind leider nur andere Zeiten frei. Würde der nächste Tag passen?"
        ),
        Phrase.DAY_IS_FINE: "Ja, am {day} passt es mir.",
        Phrase.OFFER: "Am {day} kann ich Ihnen anbieten: {times}. Was passt Ihnen?",
        Phrase.TAKEN: "Diese Zeit wurde leider gerade vergeben. Ich suche eine andere.",
        Phrase.NO_TIME: "Ich finde leider keine freie Zeit für Sie.{unchanged} Auf Wiederhören.",
        Phrase.UNCHANGED: " Ihr Termin bleibt bestehen.",
        Phrase.FOR_YOU: "Ist der Termin für Sie?",
        Phrase.FOR_ANOTHER: "Nein, ich rufe für jemand anderen an.",
        Phrase.ASK_FIELD: "Nennen Sie mir bitte {field}.",
        Phrase.CANNOT_TELL: "Das kann ich Ihnen leider nicht sagen.",
        Phrase.BOOKED: "Ihr Termin {when} ist gebucht. Auf Wiederhören.",
        Phrase.ASK_NAME: "Nennen Sie mir bitte Ihren Vor- und Nachnamen.",
        Phrase.SEVERAL_ENTRIES: "Es gibt mehrere Einträge. Nennen Sie mir bitte {field}.",
        Phrase.NOT_FOUND: (
            "Ich kann Sie leider nicht in unseren Unterlagen finden. Auf Wiederhören."
        ),
        Phrase.NO_APPOINTMENT: "Sie haben leider keinen künftigen Termin. Auf Wiederhören.",
        Phrase.IS_IT_THAT: "Es gibt einen Termin {options}. Geht es darum?",
        Phrase.ANOTHER: "Nein, um einen anderen.",
        Phrase.APPOINTMENT_NOT_FOUND: (
            "Diesen Termin kann ich leider nicht finden. Auf Wiederhören."
        ),
        Phrase.WHICH_APPOINTMENT: "Es gibt mehrere Termine: {options}. Um welchen geht es?",
        Phrase.THAT_ONE: "Um den {when}.",
        Phrase.CONFIRM_MOVE: "Ihr Termin ist dann also {when}. Ist das richtig?",
        Phrase.CONFIRMED: "Ja, das ist richtig.",
        Phrase.MOVED: "Ihr Termin wurde verlegt; er ist jetzt {when}. Auf Wiederhören.",
        Phrase.CONFIRM_CANCELLATION: "Sie haben einen Termin {when}. Soll ich ihn absagen?",
        Phrase.YES: "Ja, bitte.",
        Phrase.CANCELLED: "Ihr Termin ist abgesagt. Auf Wiederhören.",
    },
    weekdays=("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
    months=(
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ),
    day="{weekday}, den {day}. {month}",
    either=" oder ",
    fields={
        FIRST_NAME: ("Ihren Vornamen", "den Vornamen der anderen Person"),
        LAST_NAME: ("Ihren Nachnamen", "den Nachnamen der anderen Person"),
        BIRTHDAY: ("Ihr Geburtsdatum", "das Geburtsdatum der anderen Person"),
        "phone": ("Ihre Telefonnummer", "die Telefonnummer der anderen Person"),
        "email": ("Ihre E-Mail-Adresse", "die E-Mail-Adresse der anderen Person"),
        "zip": ("Ihre Postleitzahl", "die Postleitzahl der anderen Person"),
        "city": ("Ihren Wohnort", "den Wohnort der anderen Person"),
        "street": ("Ihre Straße", "die Straße der anderen Person"),
        "address": ("Ihre Adresse", "die Adresse der anderen Person"),
    },
    other_field=("Ihre Angabe zu „{field}“", "die Angabe der anderen Person zu „{field}“"),
)
