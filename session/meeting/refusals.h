#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "session/meeting/refusal.h"

namespace tyndau::meeting {

/// What stands for {name}, {no}, {free} ... in a refusal's sentences.
using Words = std::map<std::string, Text, std::less<>>;

/// The refusal `code` with its sentences, which say why and what to do. An unknown code is a bug and aborts.
/// `variant` picks another wording of the same code ("broadcast.start" of "cannot_undo").
Refusal refusal(std::string_view code, const Words& words = {}, std::string_view variant = {});

/// The same refusal in words for a guest, who cannot do what the secretary is told to do.
Refusal for_guest(Refusal refused);

/// Every code that the rules can give.
const std::vector<std::string>& refusal_codes();

}  // namespace tyndau::meeting
