#pragma once
#include <string>
#include <vector>

#include "session/meeting/types.h"

namespace tyndau::projections {

/// The sources, masked, whose passwords stand in this journal for ever: until they were kept beside it, source.set
/// wrote the whole address. Each once, in order. Whoever may read the journal knows them, so they are to be changed.
/// Pure.
std::vector<std::string> journalled_passwords(const std::vector<meeting::StoredEvent>& events);

}  // namespace tyndau::projections
