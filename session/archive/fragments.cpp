#include "session/archive/fragments.h"

#include "session/archive/boxes.h"

namespace tyndau::archive {

namespace {

constexpr std::uint32_t kNotSync = 0x00010000;  // sample_is_non_sync_sample, 14496-12 8.8.3.1

/// Version and flags of a full box.
struct Kind {
  int version = 0;
  std::uint32_t flags = 0;
};
Kind kind_of(BoxReader& reader) {
  const std::uint32_t both = reader.u32();
  return {static_cast<int>(both >> 24), both & 0x00ffffff};
}

struct Defaults {
  std::uint32_t duration, size, flags;
};

/// tfhd, 8.8.7.
Result<Defaults> read_tfhd(std::string_view body, const TrackInit& init) {
  BoxReader reader(body);
  const Kind kind = kind_of(reader);
  reader.skip(4);  // track_ID
  if (kind.flags & 0x1) return fail("a moof with an absolute base-data-offset");
  if (kind.flags & 0x2) reader.skip(4);  // sample_description_index: there is one
  Defaults defaults{init.default_duration, init.default_size, init.default_flags};
  if (kind.flags & 0x8) defaults.duration = reader.u32();
  if (kind.flags & 0x10) defaults.size = reader.u32();
  if (kind.flags & 0x20) defaults.flags = reader.u32();
  if (!reader.ok()) return fail("tfhd is cut short");
  return defaults;
}

/// trun, 8.8.8.
Result<void> read_trun(std::string_view body, const Defaults& defaults, Fragment& fragment, bool first) {
  BoxReader reader(body);
  const Kind kind = kind_of(reader);
  const std::uint32_t count = reader.u32();
  if (kind.flags & 0x1) {
    const std::uint32_t offset = reader.u32();
    std::uint64_t expected = fragment.offset;
    for (const Sample& sample : fragment.samples) expected += sample.size;
    if (first) fragment.offset = offset;
    if (!first && offset != expected) return fail("the runs of a moof do not lie one after the other");
  } else if (first) {
    return fail("trun has no data offset");
  }
  std::uint32_t first_flags = defaults.flags;
  const bool has_first_flags = (kind.flags & 0x4) != 0;
  if (has_first_flags) first_flags = reader.u32();
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    Sample sample;
    sample.duration = kind.flags & 0x100 ? reader.u32() : defaults.duration;
    sample.size = kind.flags & 0x200 ? reader.u32() : defaults.size;
    std::uint32_t flags = i == 0 && has_first_flags ? first_flags : defaults.flags;
    if (kind.flags & 0x400) flags = reader.u32();
    sample.sync = (flags & kNotSync) == 0;
    if (kind.flags & 0x800) sample.composition = static_cast<std::int32_t>(reader.u32());
    fragment.samples.push_back(sample);
  }
  if (!reader.ok()) return fail("trun is cut short");
  return {};
}

}  // namespace

Result<TrackInit> read_init(std::string_view bytes) {
  TrackInit init;
  const std::string_view trak = find_box(bytes, {"moov", "trak"});
  const std::string_view stsd = find_box(trak, {"mdia", "minf", "stbl", "stsd"});
  if (stsd.size() < 16) return fail("init segment without a sample entry");
  BoxReader entries(stsd.substr(8));  // version, flags, entry_count
  BoxReader::Box entry;
  if (!entries.next(entry)) return fail("init segment with a torn sample entry");
  init.sample_entry = stsd.substr(8, stsd.size() - 8 - entries.rest().size());

  BoxReader mdhd(find_box(trak, {"mdia", "mdhd"}));
  mdhd.skip(kind_of(mdhd).version == 1 ? 16 : 8);
  init.timescale = mdhd.u32();
  BoxReader tkhd(find_box(trak, {"tkhd"}));
  tkhd.skip(kind_of(tkhd).version == 1 ? 84 : 72);
  init.width = static_cast<std::uint16_t>(tkhd.u32() >> 16);
  init.height = static_cast<std::uint16_t>(tkhd.u32() >> 16);
  if (!mdhd.ok() || !tkhd.ok() || init.timescale == 0) return fail("init segment without mdhd or tkhd");

  BoxReader trex(find_box(bytes, {"moov", "mvex", "trex"}));
  trex.skip(12);  // version, track_ID, default_sample_description_index
  init.default_duration = trex.u32();
  init.default_size = trex.u32();
  init.default_flags = trex.u32();
  if (!trex.ok()) return fail("init segment without trex");
  return init;
}

Result<Fragment> read_moof(std::string_view moof, std::size_t header, const TrackInit& init) {
  const std::string_view traf = find_box(moof, {"traf"});
  auto defaults = read_tfhd(find_box(traf, {"tfhd"}), init);
  if (!defaults) return tl::unexpected(defaults.error());
  BoxReader tfdt(find_box(traf, {"tfdt"}));
  const Kind kind = kind_of(tfdt);
  Fragment fragment;
  fragment.decode_time = kind.version == 1 ? tfdt.u64() : tfdt.u32();
  if (!tfdt.ok()) return fail("moof without tfdt");

  BoxReader reader(traf);
  BoxReader::Box box;
  bool first = true;
  while (reader.next(box)) {
    if (box.type != "trun") continue;
    if (auto read = read_trun(box.body, *defaults, fragment, first); !read) return tl::unexpected(read.error());
    first = false;
  }
  if (first || fragment.offset < header + moof.size()) return fail("moof without samples of its own");
  return fragment;
}

}  // namespace tyndau::archive
