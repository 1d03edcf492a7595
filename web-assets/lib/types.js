// What the server says, as types: GET /api/v1/meetings/{id}/state and the desk's socket. Members are null where there is
// nothing. Nothing here runs.

/** @typedef {{kk: string, ru: string, en: string}} Text */

/**
 * @typedef {object} Floor
 * @property {string|null} person
 * @property {Text|null} name
 * @property {Text|null} position
 * @property {string|null} as
 * @property {number|null} limit_s
 * @property {number|null} remaining_ms negative in overtime
 * @property {boolean|null} running
 * @property {string|null} deadline
 * @property {number|null} turn names the turn
 * @property {number|null} warn_ms
 */

/**
 * @typedef {object} Chapter
 * @property {string} id
 * @property {"opening"|"item"|"turn"|"recess"} kind
 * @property {string|null} item
 * @property {string|null} person
 * @property {string|null} as
 * @property {Text} title
 * @property {string} start wall time, UTC
 * @property {string|null} end
 */

/**
 * A raised hand, or a turn that was interrupted and is held.
 * @typedef {object} SpeakRequest
 * @property {string} person
 * @property {Text|null} name
 * @property {string|null} kind of the turn: debate, question, point_of_order; of a held one what it was
 * @property {"queued"|"suspended"} state
 * @property {string} since
 * @property {number} request names it
 * @property {number|null} remaining_ms of a held turn
 */

/**
 * A chapter of the recording: /media/{id}/chapters.json.
 * @typedef {object} RecordedChapter
 * @property {string} id
 * @property {number} start_s seconds from the start of the recording
 * @property {number|null} end_s
 */

/**
 * @typedef {object} PublicView
 * @property {number} seq
 * @property {string} now
 * @property {{id: string, state: string, title: Text, starts_at: string}} meeting
 * @property {{state: "idle"|"holding"|"live"|"ended", since: string|null, ended: string|null}} broadcast
 * @property {{id: string|null, no: number|null, title: Text|null}} item
 * @property {Record<string, "pending"|"open"|"closed">} items
 * @property {Floor} floor
 * @property {SpeakRequest[]} queue of the open item, who is next first
 * @property {{since: string|null, until: string|null}} recess
 * @property {Chapter[]} chapters
 */

/**
 * @typedef {object} DeskOnly
 * @property {{code: string, text: Text, since: string}[]} alarms
 * @property {{uri: string, state: "starting"|"ok"|"lost", detail: string}|null} source
 * @property {{state: "ok"|"low"|"full"|"lost", free_hours: number}|null} disk
 * @property {boolean} media_connected
 * @property {{action: number, kind: string}|null} undo
 * @property {Record<string, Text>} refused
 * @property {{seq: number, utc: string, actor: string, kind: string, text: Text, undone: boolean, action: number}[]} journal newest first; `action` groups the lines of one press
 * @property {number} viewers
 */
/** @typedef {PublicView & DeskOnly} DeskView */

/** @typedef {{peak_db: number, rms_db: number, source_peak_db: number}} Levels */

/** @typedef {{person: string, as: string, limit_s: number}} PlannedSpeaker */
/** @typedef {{id: string, no: number, title: string, speakers: PlannedSpeaker[]}} AgendaItem */
/** @typedef {{id: string, name: string, position: string, names: string[]}} Person */

export {};
