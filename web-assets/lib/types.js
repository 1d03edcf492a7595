// What the server says, as types: GET /api/v1/meetings/{id}/state, the desk's socket and the guest's. Members are null where
// there is nothing. Nothing here runs.

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
 * @property {number|null} place 1 is next
 * @property {number|null} wait_s expected
 * @property {"line_lost"|"point_of_order"|null} reason why a turn is held
 * @property {boolean} line_lost whether the person is away just now
 */

/** @typedef {{person: string, name: Text|null, position: Text|null, kind: string}} Next */
/** @typedef {"auto"|"hall"|"guest"|"side_by_side"|"grid"} Layout what is framed; "auto" only as what she asks for */

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
 * @property {number} record the edition of what the page was made of
 * @property {string} now
 * @property {{id: string, state: string, title: Text, starts_at: string}} meeting
 * @property {{state: "idle"|"holding"|"live"|"ended", since: string|null, ended: string|null}} broadcast
 * @property {{id: string|null, no: number|null, title: Text|null}} item
 * @property {Record<string, "pending"|"open"|"closed">} items
 * @property {Floor} floor
 * @property {SpeakRequest[]} queue of the open item, who is next first
 * @property {Next|null} next
 * @property {{layout: Layout, persons: string[], by_hand: boolean}} layout as it is in effect
 * @property {"open"|"closed"} registration whether people may sign up to speak
 * @property {{since: string|null, until: string|null, until_words: Text|null, recess: number|null}} recess until_words: with the day where that is not today
 * @property {Chapter[]} chapters
 */

// ---- remote guests ----

/** @typedef {"uninvited"|"invited"|"lobby"|"admitted"|"declined"|"removed"|"left"} GuestStage */

/**
 * What media hears and sees of a guest.
 * @typedef {object} PeerLine
 * @property {"connecting"|"ok"|"silent"} line
 * @property {number} width 0 without a picture
 * @property {number} height
 * @property {boolean} presentation
 * @property {number} level_db
 * @property {number} kbps
 * @property {number} loss_percent
 * @property {number|null} rtt_ms
 */

/** What the guest's page measured. @typedef {{uplink_kbps: number|null, rtt_ms: number|null, loss_percent: number|null}} Measured */

/**
 * @typedef {object} DeskGuest
 * @property {string} person
 * @property {Text|null} name
 * @property {Text|null} position
 * @property {Text|null} site
 * @property {GuestStage} stage
 * @property {boolean} invited whether there is an invitation that is valid
 * @property {boolean} muted
 * @property {boolean} asks to be heard again
 * @property {boolean} line_lost
 * @property {string|null} since
 * @property {boolean} has_floor
 * @property {boolean} in_queue
 * @property {PeerLine|null} line
 * @property {Measured|null} measured
 * @property {boolean} page whether his page is open
 */

/**
 * The guest himself, as his page is told.
 * @typedef {object} Me
 * @property {string} person
 * @property {Text|null} name
 * @property {Text|null} position
 * @property {GuestStage} stage
 * @property {"day"|"other"|null} waits why nothing is seen or sent yet: its day has not come; another meeting is on air
 * @property {boolean} muted by the secretary
 * @property {boolean} asks to be heard again
 * @property {boolean} line_lost
 * @property {boolean} has_floor
 * @property {boolean} on_air
 * @property {boolean} next
 * @property {{kind: string|null, state: "queued"|"suspended", place: number|null, wait_s: number|null, remaining_ms: number|null}|null} hand
 */

/** @typedef {Pick<PublicView, "seq"|"now"|"meeting"|"broadcast"|"item"|"floor"|"recess"|"queue"|"next">} GuestShared */
/** @typedef {GuestShared & {me: Me, send: {picture: "low"|"full"}, refused: Record<string, Text|undefined>}} GuestView */

/**
 * Somebody who signed up to speak.
 * @typedef {object} Registration
 * @property {string} registration names it
 * @property {string} name as he wrote it
 * @property {string} position "" when he gave none
 * @property {string|null} item of the agenda
 * @property {string} language that he wrote in
 * @property {string} created
 * @property {"pending"|"declined"|"approved"} status
 * @property {string|null} person of an approved one
 */

/**
 * @typedef {object} DeskOnly
 * @property {DeskGuest[]} guests the lobby first, then who was admitted, then the rest
 * @property {Registration[]} registrations in the order in which they came
 * @property {{code: string, text: Text, since: string}[]} alarms
 * @property {{uri: string, state: "starting"|"ok"|"lost", detail: string, reason: ""|"refused", reserve_ms: number, sound_missing_percent: number, sound: ""|"one_channel"|"opposite_phase", picture: ""|"unknown_coding"}|null} source
 * @property {{invited: boolean, line: PeerLine|null}} encoder that may be the hall's camera
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
