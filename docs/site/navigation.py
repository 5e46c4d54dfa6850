"""Which pages the site has, by section and topic.

A page is named as in ``docs/``, without its ending; a name may be a pattern. What is not there yet is left out,
and a page that no topic names is found under *More*, so that no page can be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Section:
    """An entry of the head of each page, with a page of its own that lists what it has."""

    title: str
    lead: str
    topics: dict[str, list[str]]


#: Documents that are outside ``docs/``, and their pages.
OUTSIDE = {
    "CHANGELOG.md": "changelog",
    "CONTRIBUTING.md": "contributing",
    "SECURITY.md": "security-policy",
    "benchmarks/RESULTS.md": "benchmark-results",
}
#: What has no page of its own: the first page says it.
HOME = {"README.md": "index"}

SECTIONS = {
    "tutorials/index": Section(
        "Tutorials",
        "Ten minutes each, from nothing to something that works. Choose what you came for.",
        {
            "": [
                "tutorials/student",
                "tutorials/teacher",
                "tutorials/data-team",
                "tutorials/administrator",
                "tutorials/web-developer",
                "tutorials/*",
            ],
        },
    ),
    "guide": Section(
        "Guide",
        "Everything by topic: where it runs, what it can do, and how to run it for others.",
        {
            "In notebooks and apps": ["hosts", "hosts/*"],
            "Meetings": ["room", "classroom", "python-media", "bots", "screens"],
            "Servers and services": [
                "services",
                "server",
                "nanostream-cloud",
                "jitsi",
                "hub",
                "hub/index",
                "hub/*",
            ],
            "Privacy and security": ["privacy", "security"],
        },
    ),
    "reference/index": Section(
        "Reference",
        "Every public name, from its docstring, and the protocols.",
        {
            "By feature": ["api", "errors"],
            "Python": ["reference/*"],
            "Protocols": ["signalling"],
        },
    ),
    "project": Section(
        "Project",
        "How it is built, measured, released and kept safe.",
        {
            "Design": ["architecture", "benchmarks", "benchmark-results"],
            "Changes": ["changelog", "deprecations", "releasing"],
            "Taking part": ["contributing", "about-these-pages", "security-policy"],
        },
    ),
}
#: In the head, too, with pages below it: the notebooks.
GALLERY = "gallery"

#: What a page is about, on the list of its section, where its first sentence does not say it by itself.
LEADS = {
    "about-these-pages": "How this site is made, and why with Sphinx.",
    "api": "Arguments, commands, events and the Web API, feature by feature.",
    "architecture": "The parts, how they fit together, and why they are as they are.",
    "benchmark-results": "Latency, fan-out, recovery and more, as last measured.",
    "benchmarks": "What is measured, how, and how to run it yourself.",
    "bots": "Participants without a browser, for automation and tests.",
    "changelog": "What has changed, version by version.",
    "contributing": "How to set up, test and change this project.",
    "errors": "What each error means, and what to do next.",
    "hosts": "JupyterLab, Notebook, JupyterHub and others: versions, awaiting, https.",
    "hosts/panel": "A meeting in a web app made with Panel.",
    "hosts/shiny": "A meeting in a web app made with Shiny for Python.",
    "hosts/solara": "A meeting in a web app made with Solara.",
    "hosts/static": "What a site, GitHub or a PDF shows in place of a meeting.",
    "jitsi": "Run meetings on a Jitsi of your own.",
    "nanostream-cloud": "Run meetings on nanoStream Cloud, with an API key.",
    "security": "Where tokens and keys are kept, and where they never go.",
    "security-policy": "How to report a vulnerability.",
    "server": "Inside Jupyter, for you alone, or as a service: options, limits, HTTP API.",
    "services": "The embedded server, a Jitsi or nanoStream Cloud, and how one is chosen.",
    "signalling": "What a client of your own says and hears to take part.",
    "tutorials/administrator": "A server for people on other machines, and how to look after it.",
    "tutorials/data-team": "Present a figure, broadcast it, read pictures, keep the recording.",
    "tutorials/student": "Open your link, find your way in the room, answer, and leave.",
    "tutorials/teacher": "Personal links, a class panel, a poll, groups and attendance.",
    "tutorials/web-developer": "A meeting in your page with a few lines of HTML.",
}
