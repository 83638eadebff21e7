// Shapes: Adobe Analytics 2.0 API, Reports
// (https://developer.adobe.com/analytics-apis/docs/2.0/guides/endpoints/reports/).
#include "emulator/apis/report.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/text/iso_date.h"
#include "base/text/text.h"
#include "emulator/server/fnv1a.h"

namespace adit::emulator {
namespace {

using std::chrono::sys_days;

constexpr int kMostDays = 1100;
constexpr std::int64_t kMostRows = 50'000;  // of Analytics: settings.limit
constexpr std::int64_t kDefaultRows = 50;
constexpr std::size_t kMostMetrics = 200;

struct DateRange {
  std::string text;
  sys_days first;
  /// The day after the last day.
  sys_days end;
};

struct Row {
  std::string item_id;
  std::string value;
  std::vector<double> figures;
};

/// A number from 0 to `below` that depends only on the words.
std::uint64_t figure(std::string_view words, std::uint64_t below) {
  auto hash = fnv1a(words);
  hash ^= hash >> 29U;
  return hash % below;
}

std::string iso_day(sys_days day) { return to_rfc3339(WallTime(day)).substr(0, 10); }

/// `2025-03-01T00:00:00.000/2025-03-08T00:00:00.000`. An end at midnight excludes that day; a later time
/// includes it.
DateRange parse_range(std::string_view text) {
  const auto slash = text.find('/');
  auto from = text;
  auto to = text.substr(slash + 1);  // npos + 1 is 0
  const auto first = take_iso_date(from);
  const auto last = slash == std::string_view::npos ? std::nullopt : take_iso_date(to);
  if (!first || !last)
    throw ReportFlaw{"invalid_data", cat("The date range '", text, "' is not of the form start/end")};
  const auto time = text.substr(std::min(text.size(), slash + 12));
  const bool at_midnight = time.starts_with("00:00:00") &&
                           (time.size() == 8 || time.substr(8).find_first_of("123456789") == std::string_view::npos);
  const auto end = time.empty() || !at_midnight ? *last + std::chrono::days(1) : *last;
  if (end <= *first) throw ReportFlaw{"invalid_data", cat("The date range '", text, "' ends before it begins")};
  if ((end - *first).count() > kMostDays)
    throw ReportFlaw{"invalid_data", cat("The date range '", text, "' is too long")};
  return {std::string(text), *first, end};
}

DateRange range_of(const json::object& request, WallTime now) {
  const auto* filters = request.if_contains("globalFilters");
  if (filters != nullptr && filters->is_array()) {
    for (const auto& filter : filters->get_array()) {
      if (!filter.is_object()) continue;
      const auto text = string_member(filter.get_object(), "dateRange");
      if (!text.empty()) return parse_range(text);
    }
  }
  const auto today = std::chrono::floor<std::chrono::days>(now);
  return {cat(iso_day(today - std::chrono::days(7)), "/", iso_day(today)), today - std::chrono::days(7), today};
}

struct Metric {
  std::string id;
  std::string column;
};

std::vector<Metric> metrics_of(const json::object& request) {
  std::vector<Metric> metrics;
  const auto* container = request.if_contains("metricContainer");
  const auto* list =
      container != nullptr && container->is_object() ? container->get_object().if_contains("metrics") : nullptr;
  if (list == nullptr) return metrics;
  if (!list->is_array()) throw ReportFlaw{"invalid_data", "metricContainer.metrics must be a list"};
  // Each metric becomes a column of up to 1,100 rows.
  if (list->get_array().size() > kMostMetrics)
    throw ReportFlaw{"invalid_data", cat("metricContainer.metrics has more than ", kMostMetrics, " metrics")};
  for (const auto& item : list->get_array()) {
    const auto id = item.is_object() ? string_member(item.get_object(), "id") : std::string_view();
    if (id.empty()) throw ReportFlaw{"invalid_metric", "A metric of metricContainer.metrics has no id"};
    const auto column = string_member(item.get_object(), "columnId");
    metrics.push_back({std::string(id), column.empty() ? std::to_string(metrics.size()) : std::string(column)});
  }
  return metrics;
}

// Adobe's item id of a day: years since 1900, month from 0, day: 1171131 is 31 December 2017.
Row day_row(sys_days day) {
  constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::chrono::year_month_day date{day};
  const auto month = static_cast<unsigned>(date.month());
  const auto number = static_cast<unsigned>(date.day());
  const auto year = static_cast<int>(date.year());
  const auto two = [](unsigned value) { return cat(value < 10 ? "0" : "", value); };
  return {cat(year - 1900, two(month - 1), two(number)), cat(kMonths.at(month - 1), ' ', number, ", ", year), {}};
}

std::vector<Row> rows_of(const json::object& request, std::string_view dimension, const std::vector<Metric>& metrics,
                         const DateRange& range) {
  const auto rsid = string_member(request, "rsid");
  std::vector<Row> rows;
  if (dimension == "variables/daterangeday") {
    for (auto day = range.first; day < range.end; day += std::chrono::days(1)) rows.push_back(day_row(day));
  } else {
    const auto name = dimension.substr(dimension.rfind('/') + 1);
    const auto count = 5 + figure(cat(rsid, '|', dimension), 8);
    for (std::uint64_t index = 1; index <= count; ++index) {
      const auto value = cat(name, ' ', index);
      rows.push_back({std::to_string(1'000'000'000 + figure(cat(rsid, '|', value), 3'000'000'000)), value, {}});
    }
  }
  for (auto& row : rows) {
    for (const auto& metric : metrics) {
      // The figure of a day does not depend on the requested range; the figure of a page does.
      const auto when = dimension == "variables/daterangeday" ? std::string_view() : std::string_view(range.text);
      row.figures.push_back(static_cast<double>(
          100 + figure(cat(rsid, '|', metric.id, '|', dimension, '|', row.item_id, '|', when), 9'900)));
    }
  }
  return rows;
}

std::int64_t setting(const json::object& request, std::string_view name, std::int64_t fallback, std::int64_t least,
                     std::int64_t most) {
  const auto* settings = request.if_contains("settings");
  const auto* value = settings != nullptr && settings->is_object() ? settings->get_object().if_contains(name) : nullptr;
  if (value == nullptr) return fallback;
  const auto* number = value->if_int64();
  if (number == nullptr || *number < least || *number > most) {
    throw ReportFlaw{"invalid_data", cat("settings.", name, " must be a whole number from ", least, " to ", most)};
  }
  return *number;
}

json::array figures_json(const std::vector<double>& figures) {
  json::array list;
  for (const auto value : figures) list.emplace_back(value);
  return list;
}

}  // namespace

json::object make_report(const json::object& request, WallTime now) {
  if (string_member(request, "rsid").empty())
    throw ReportFlaw{"invalid_rsid", "The request has no report suite (rsid)"};
  const auto* given = request.if_contains("dimension");
  if (given != nullptr && !given->is_string()) throw ReportFlaw{"invalid_data", "dimension must be a text"};
  const auto named = string_member(request, "dimension");
  const auto dimension = named.empty() ? std::string_view("variables/daterangeday") : named;
  const auto metrics = metrics_of(request);
  auto rows = rows_of(request, dimension, metrics, range_of(request, now));
  const bool by_time = dimension.find("daterange") != std::string_view::npos;
  if (!by_time && !metrics.empty()) {
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.figures[0] > b.figures[0]; });
  }

  const auto total = static_cast<std::int64_t>(rows.size());
  const auto limit = setting(request, "limit", kDefaultRows, 1, kMostRows);
  const auto page = setting(request, "page", 0, 0, 1'000'000);
  const auto pages = (total + limit - 1) / limit;
  const auto begin = std::min(total, page * limit);
  const auto end = std::min(total, begin + limit);

  json::array shown;
  for (auto index = begin; index < end; ++index) {
    const auto& row = rows[static_cast<std::size_t>(index)];
    shown.emplace_back(
        json::object{{"itemId", row.item_id}, {"value", row.value}, {"data", figures_json(row.figures)}});
  }
  std::vector<double> totals(metrics.size(), 0);
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < totals.size(); ++column) totals[column] += row.figures[column];
  }
  json::array columns;
  for (const auto& metric : metrics) columns.emplace_back(metric.column);

  json::object report;
  report["totalPages"] = pages;
  report["firstPage"] = page == 0;
  report["lastPage"] = page + 1 >= pages;
  report["numberOfElements"] = end - begin;
  report["number"] = page;
  report["totalElements"] = total;
  report["columns"] =
      json::object{{"dimension", json::object{{"id", dimension}, {"type", by_time ? "time" : "string"}}},
                   {"columnIds", std::move(columns)}};
  report["rows"] = std::move(shown);
  report["summaryData"] = json::object{{"filteredTotals", figures_json(totals)}, {"totals", figures_json(totals)}};
  return report;
}

}  // namespace adit::emulator
