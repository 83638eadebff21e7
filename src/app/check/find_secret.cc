#include "app/check/find_secret.h"

#include <algorithm>
#include <cctype>
#include <string_view>

namespace adit::app {

std::size_t find_private_key(const std::string& text) {
  constexpr std::string_view kBegin = "-----BEGIN ";
  constexpr std::string_view kEnd = "PRIVATE KEY-----";
  constexpr std::size_t kLongestLabel = 20;
  const std::string_view all = text;
  for (auto at = all.find(kBegin); at != std::string::npos; at = all.find(kBegin, at + 1)) {
    // Search only as far as a label can reach: otherwise each of many BEGIN lines would cost a search of the whole
    // text.
    const auto line = all.substr(at, kBegin.size() + kLongestLabel + kEnd.size());
    const auto label = line.find(kEnd);
    if (label == std::string::npos) continue;
    std::size_t body = 0;
    for (auto next = at + label + kEnd.size(); next < all.size() && all[next] != '-' && body < 64; ++next)
      if (std::isalnum(static_cast<unsigned char>(all[next])) != 0) ++body;
    if (body >= 64) return at;
  }
  // The same in base64: "-----BEGIN PRIVATE KEY", "-----BEGIN RSA PRIVATE", "-----BEGIN ENCRYPTED PRI".
  for (const std::string_view begin :
       {"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0t", "LS0tLS1CRUdJTiBSU0EgUFJJVkFU", "LS0tLS1CRUdJTiBFTkNSWVBURUQgUFJJ"}) {
    const auto at = text.find(begin);
    constexpr std::size_t kLeast = 200;
    if (at != std::string::npos && text.size() - at > kLeast && text.find_first_of(". ", at) - at > kLeast) return at;
  }
  return std::string::npos;
}

std::size_t find_client_secret(const std::string& text) {
  constexpr std::string_view kBegin = "p8e-";
  constexpr std::size_t kLength = 32;
  const auto is_part = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_'; };
  for (auto at = text.find(kBegin); at != std::string::npos; at = text.find(kBegin, at + 1)) {
    if (at > 0 && is_part(text[at - 1])) continue;
    const auto* const begin = text.data() + at + kBegin.size();
    const auto* const end = std::find_if_not(begin, text.data() + text.size(), is_part);
    const bool has_digit =
        std::any_of(begin, end, [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; });
    if (static_cast<std::size_t>(end - begin) == kLength && has_digit) return at;
  }
  return std::string::npos;
}

}  // namespace adit::app
