#include "crypto/pem.h"

#include <algorithm>
#include <optional>

#include "adit/base64.h"

#include "base/text/text.h"

namespace adit::jwt {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";
constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  const auto word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

/// Reads the headers of RFC 1421, and removes them from the text: `Proc-Type: 4,ENCRYPTED` and `DEK-Info:
/// AES-256-CBC,0123…`.
void take_headers(std::string_view& text, PemBlock& block) {
  while (true) {
    std::string_view rest = text;
    const auto name = next_word(rest);
    if (!name.ends_with(':')) return;
    const auto value = next_word(rest);
    if (equals_ignoring_case(name, "Proc-Type:")) block.proc_type = value;
    if (equals_ignoring_case(name, "DEK-Info:")) block.dek_info = value;
    text = rest;
  }
}

Secret decode_body(std::string_view text) {
  auto bytes = base64_decode_forgiving(text);
  return bytes ? Secret::taken_from(*bytes) : Secret();
}

}  // namespace

std::vector<PemBlock> parse_pem(std::string_view text) {
  std::vector<PemBlock> blocks;
  while (true) {
    const auto begin = text.find(kBegin);
    if (begin == std::string_view::npos) return blocks;
    text.remove_prefix(begin + kBegin.size());
    const auto label_end = text.find(kDashes);
    if (label_end == std::string_view::npos) {
      blocks.emplace_back().label = trim(text.substr(0, text.find_first_of("\r\n")));
      return blocks;
    }
    PemBlock& block = blocks.emplace_back();
    block.label = trim(text.substr(0, label_end));
    text.remove_prefix(label_end + kDashes.size());

    const auto body_end = std::min(text.find(kDashes), text.size());
    std::string_view body = text.substr(0, body_end);
    text.remove_prefix(body_end);
    std::string_view tail = text;
    if (tail.starts_with(kEnd)) {
      tail.remove_prefix(kEnd.size());
      block.ended =
          trim(tail.substr(0, tail.find(kDashes))) == block.label && tail.find(kDashes) != std::string_view::npos;
    }
    take_headers(body, block);
    block.body = decode_body(body);
  }
}

Secret write_pem(std::string_view label, std::string_view bytes) {
  std::string body = base64_encode(bytes);
  std::string text = cat(kBegin, label, kDashes, '\n');
  text.reserve(text.size() * 2 + body.size() + body.size() / 64 + 2);
  for (std::size_t at = 0; at < body.size(); at += 64) {
    text += std::string_view(body).substr(at, 64);
    text += '\n';
  }
  text += cat(kEnd, label, kDashes, '\n');
  Secret secret(text);
  wipe(body.data(), body.size());
  wipe(text.data(), text.size());
  return secret;
}

DerExtent der_extent(std::string_view bytes) {
  constexpr unsigned char kSequence = 0x30;
  const auto at = [&bytes](std::size_t index) { return static_cast<unsigned char>(bytes[index]); };
  if (bytes.empty() || at(0) != kSequence) return DerExtent::not_der;
  if (bytes.size() < 2) return DerExtent::truncated;
  if (at(1) < 0x80) return bytes.size() - 2 < at(1) ? DerExtent::truncated : DerExtent::complete;
  const std::size_t octets = at(1) & 0x7FU;
  if (octets == 0 || octets > 4)
    return DerExtent::not_der;  // an indefinite length is BER; a longer one is not that of a key
  if (bytes.size() < 2 + octets) return DerExtent::truncated;
  std::size_t length = 0;
  for (std::size_t i = 0; i < octets; ++i) length = length << 8U | at(2 + i);
  return bytes.size() - 2 - octets < length ? DerExtent::truncated : DerExtent::complete;
}

}  // namespace adit::jwt
