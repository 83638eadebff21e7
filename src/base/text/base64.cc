#include "adit/base64.h"

#include <array>
#include <cstddef>
#include <cstdint>

#include "adit/secret.h"

#include "base/text/ascii.h"
#include "base/text/byte_order_mark.h"

namespace adit {
namespace {

constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kUrl = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The two characters for each 12-bit number, so that three bytes need only two look-ups.
using PairTable = std::array<std::array<char, 2>, 4096>;

constexpr PairTable pairs_of(std::string_view alphabet) {
  PairTable table{};
  for (std::size_t i = 0; i < table.size(); ++i) table[i] = {alphabet[i >> 6U], alphabet[i & 63U]};
  return table;
}

constexpr PairTable kStandardPairs = pairs_of(kStandard);
constexpr PairTable kUrlPairs = pairs_of(kUrl);

/// The value of each character, or kInvalid. Valid values are below 64, so the bitwise OR of several values shows
/// whether one of them is invalid.
using ValueTable = std::array<std::uint8_t, 256>;
constexpr std::uint8_t kInvalid = 0x80;

constexpr void add_values(ValueTable& table, std::string_view alphabet) {
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
}

constexpr ValueTable values_of(std::string_view alphabet, std::string_view other = {}) {
  ValueTable table{};
  table.fill(kInvalid);
  add_values(table, alphabet);
  add_values(table, other);
  return table;
}

constexpr ValueTable kStandardValues = values_of(kStandard);
constexpr ValueTable kUrlValues = values_of(kUrl);
constexpr ValueTable kEitherValues = values_of(kStandard, kUrl);

std::uint32_t byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

std::string encode(std::string_view bytes, const PairTable& pairs, bool padded) {
  const std::size_t rest = bytes.size() % 3;
  const std::size_t whole = bytes.size() - rest;
  std::size_t tail = 0;
  if (rest != 0) tail = padded ? 4 : rest + 1;
  std::string text(whole / 3 * 4 + tail, '=');
  char* out = text.data();
  for (std::size_t i = 0; i < whole; i += 3) {
    const std::uint32_t group = byte_at(bytes, i) << 16U | byte_at(bytes, i + 1) << 8U | byte_at(bytes, i + 2);
    const auto& high = pairs[group >> 12U];
    const auto& low = pairs[group & 0xFFFU];
    out[0] = high[0];
    out[1] = high[1];
    out[2] = low[0];
    out[3] = low[1];
    out += 4;
  }
  if (rest != 0) {
    const std::uint32_t group = byte_at(bytes, whole) << 16U | (rest == 2 ? byte_at(bytes, whole + 1) << 8U : 0U);
    const auto& high = pairs[group >> 12U];
    out[0] = high[0];
    out[1] = high[1];
    if (rest == 2) out[2] = pairs[group & 0xFFFU][0];
  }
  return text;
}

/// Decodes `text`, which has no padding.
std::optional<std::string> decode(std::string_view text, const ValueTable& values) {
  const std::size_t rest = text.size() % 4;
  if (rest == 1) return std::nullopt;
  const std::size_t whole = text.size() - rest;
  WipedString bytes(std::string(whole / 4 * 3 + (rest == 0 ? 0 : rest - 1), '\0'));
  char* out = bytes.data();
  std::uint32_t seen = 0;
  const auto value_at = [&](std::size_t i) -> std::uint32_t { return values[static_cast<unsigned char>(text[i])]; };
  for (std::size_t i = 0; i < whole; i += 4) {
    const std::uint32_t a = value_at(i);
    const std::uint32_t b = value_at(i + 1);
    const std::uint32_t c = value_at(i + 2);
    const std::uint32_t d = value_at(i + 3);
    seen |= a | b | c | d;
    const std::uint32_t group = a << 18U | b << 12U | c << 6U | d;
    out[0] = static_cast<char>(group >> 16U);
    out[1] = static_cast<char>(group >> 8U);
    out[2] = static_cast<char>(group);
    out += 3;
  }
  if (rest != 0) {
    const std::uint32_t a = value_at(whole);
    const std::uint32_t b = value_at(whole + 1);
    const std::uint32_t c = rest == 3 ? value_at(whole + 2) : 0;
    seen |= a | b | c;
    out[0] = static_cast<char>(a << 2U | b >> 4U);
    if (rest == 3) out[1] = static_cast<char>(b << 4U | c >> 2U);
    // Bits after the last byte must be zero, so that each byte string has only one encoding (RFC 4648 section 3.5).
    if (((rest == 3 ? c << 6U : b << 4U) & 0xFFU) != 0) return std::nullopt;
  }
  if ((seen & kInvalid) != 0) return std::nullopt;
  return bytes;
}

std::string without_space(std::string_view text) {
  std::string kept(text.size(), '\0');
  std::size_t size = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_space(text[i])) continue;
    if (text[i] == kByteOrderMark[0] && text.substr(i, kByteOrderMark.size()) == kByteOrderMark) {
      i += kByteOrderMark.size() - 1;
      continue;
    }
    kept[size++] = text[i];
  }
  kept.resize(size);
  return kept;
}

std::size_t padding_of(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && text[text.size() - 1 - count] == '=') ++count;
  return count;
}

}  // namespace

std::string base64_encode(std::string_view bytes) { return encode(bytes, kStandardPairs, true); }

std::string base64url_encode(std::string_view bytes) { return encode(bytes, kUrlPairs, false); }

std::optional<std::string> base64_decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = padding_of(text);
  if (padding > 2) return std::nullopt;
  text.remove_suffix(padding);
  return decode(text, kStandardValues);
}

std::optional<std::string> base64url_decode(std::string_view text) { return decode(text, kUrlValues); }

std::optional<std::string> base64_decode_forgiving(std::string_view text) {
  const WipedString kept = without_space(text);
  std::string_view body = kept;
  const std::size_t padding = padding_of(body);
  // Padding may be missing. If there is padding, it must fill the last group.
  if (padding > 2 || (padding > 0 && body.size() % 4 != 0)) return std::nullopt;
  body.remove_suffix(padding);
  return decode(body, kEitherValues);
}

}  // namespace adit
