// Reads calendars with ical.js, each by the time zones that it brings along and no others. Exports one function.
import ICAL from "./icaljs/ical.min.js";

export function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const zones = calendar.getAllSubcomponents("vtimezone").map((zone) => new ICAL.Timezone(zone));
  const event = calendar.getFirstSubcomponent("vevent");
  const instant = (name) => {
    const property = event.getFirstProperty(name);
    const time = property.getFirstValue();
    time.zone = zones.find((zone) => zone.tzid === property.getParameter("tzid"));
    return time.toUnixTime();
  };
  const value = (name) => event.getFirstPropertyValue(name);
  const attendees = event.getAllProperties("attendee");
  return {
    method: calendar.getFirstPropertyValue("method"),
    uid: value("uid"),
    sequence: value("sequence"),
    stamp: value("dtstamp").toUnixTime(),
    status: value("status"),
    summary: value("summary"),
    location: value("location"),
    organizer: value("organizer"),
    attendees: attendees.map((attendee) => attendee.getFirstValue()),
    starts: instant("dtstart"),
    ends: instant("dtend"),
    events: calendar.getAllSubcomponents("vevent").length,
  };
}
