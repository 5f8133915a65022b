package io.millrace.boot.autoconfigure.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.prometheusmetrics.PrometheusNamingConvention;
import io.millrace.boot.autoconfigure.TestServer;
import io.millrace.boot.metrics.MillraceMeters;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What {@code docs/observe.md} and {@code docs/operations} name is what
 * {@code /actuator/prometheus} of a running application shows.
 */
@Timeout(120)
class MeterDocumentationTests {

	private static final Path OBSERVE = Path.of("../docs/observe.md");

	private static final Path DASHBOARD = Path.of("../docs/operations/grafana-dashboard.json");

	private static final Path ALERTS = Path.of("../docs/operations/prometheus-alerts.yml");

	private static final Path OPERATIONS = Path.of("../docs/operations/README.md");

	/** What of an expression names no metric: strings, labels, ranges, groupings. */
	private static final Pattern NO_METRICS = Pattern
		.compile("\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");

	/** A name that is not that of a function, and not a keyword. */
	private static final Pattern METRIC = Pattern.compile(
			"\\b(?!(?:by|without|on|ignoring|and|or|unless|bool|offset)\\b)[a-zA-Z_:][a-zA-Z0-9_:]*\\b(?!\\s*\\()");

	/** The samples by the name of their metric, with all names of their labels. */
	private static final Map<String, Set<String>> shown = new TreeMap<>();

	@BeforeAll
	static void scrape() throws Exception {
		try (TestServer server = TestServer.servlet(MeterApplication.class,
				"management.endpoints.web.exposure.include=prometheus",
				"management.metrics.distribution.percentiles-histogram.millrace=true", "millrace.admission.limit=fixed",
				"millrace.access-log.enabled=true", "millrace.access-log.target=logger",
				"millrace.routes[0].pattern=/bulkhead", "millrace.routes[0].max-concurrency=1")) {
			assertThat(server.get("/hello").statusCode()).isEqualTo(200);
			Pattern sample = Pattern.compile("^([a-zA-Z0-9_:]+)(\\{.*})? [^ ]+$");
			for (String line : server.get("/actuator/prometheus").body().split("\n")) {
				Matcher matcher = sample.matcher(line);
				if (matcher.matches()) {
					Set<String> labels = shown.computeIfAbsent(matcher.group(1), (name) -> new TreeSet<>());
					Matcher label = Pattern.compile("([a-zA-Z0-9_]+)=\"").matcher(String.valueOf(matcher.group(2)));
					while (label.find()) {
						labels.add(label.group(1));
					}
				}
			}
		}
	}

	@AfterAll
	static void forget() {
		shown.clear();
	}

	@Test
	void theTableOfMetersIsTheEnum() throws IOException {
		String section = Files.readString(OBSERVE).split("\n## Meters\n", 2)[1].split("\n## ", 2)[0];
		List<String> table = section.lines().filter((line) -> line.startsWith("| `millrace.")).toList();
		assertThat(table).containsExactlyElementsOf(Arrays.stream(MillraceMeters.values()).map(this::row).toList());
	}

	private String row(MillraceMeters meter) {
		String unit = (meter.getBaseUnit() != null) ? meter.getBaseUnit() : "–";
		String tags = Arrays.stream(meter.getKeyNames())
			.map((key) -> "`" + key.asString() + "`")
			.collect(Collectors.joining(", "));
		return "| `" + meter.getName() + "` | " + meter.getType().name().toLowerCase(Locale.ROOT) + " | " + unit + " | "
				+ (tags.isEmpty() ? "–" : tags) + " | " + meter.getDescription() + " |";
	}

	@Test
	void everyMeterIsShownWithItsTags() {
		PrometheusNamingConvention names = new PrometheusNamingConvention();
		for (MillraceMeters meter : MillraceMeters.values()) {
			String name = names.name(meter.getName(), meter.getType(), meter.getBaseUnit());
			String suffix = switch (meter.getType()) {
				case COUNTER -> "_total";
				case TIMER -> "_count";
				default -> "";
			};
			String[] tags = Arrays.stream(meter.getKeyNames()).map(KeyName::asString).toArray(String[]::new);
			assertThat(shown).as(meter.name()).containsKey(name + suffix);
			assertThat(shown.get(name + suffix)).as(meter.name()).containsExactlyInAnyOrder(tags);
		}
	}

	@Test
	void nothingIsShownThatIsNotDocumented() {
		PrometheusNamingConvention names = new PrometheusNamingConvention();
		List<String> documented = Arrays.stream(MillraceMeters.values())
			.map((meter) -> names.name(meter.getName(), meter.getType(), meter.getBaseUnit()))
			.toList();
		assertThat(shown.keySet()).filteredOn((name) -> name.startsWith("millrace_"))
			.map((name) -> name.replaceFirst("_(total|count|sum|max|bucket)$", ""))
			.allMatch((name) -> documented.contains(name) || documented.contains(name + "_max"));
	}

	@Test
	void theDashboardNamesOnlyWhatIsShown() throws IOException {
		JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(DASHBOARD));
		List<String> expressions = new ArrayList<>();
		dashboard.path("panels").forEach((panel) -> {
			assertThat(panel.path("type").asString().equals("row") || !panel.path("targets").isEmpty()).isTrue();
			panel.path("targets").forEach((target) -> {
				assertThat(target.path("datasource").path("uid").asString()).isEqualTo("${datasource}");
				expressions.add(target.path("expr").asString());
			});
		});
		assertThat(expressions).hasSizeGreaterThan(40);
		assertShown(expressions);
		assertThat(dashboard.path("templating").path("list").get(0).path("query").asString()).isEqualTo("prometheus");
	}

	@Test
	void theAlertsNameOnlyWhatIsShownAndEachIsExplained() throws IOException {
		String explained = Files.readString(OPERATIONS);
		List<String> expressions = new ArrayList<>();
		for (Map<String, Object> rule : rules()) {
			expressions.add((String) rule.get("expr"));
			assertThat(explained).contains("\n### " + rule.get("alert") + "\n");
			assertThat(labels(rule, "labels")).containsKey("severity");
			assertThat(labels(rule, "annotations")).containsKeys("summary", "description");
		}
		assertThat(expressions).hasSizeGreaterThanOrEqualTo(8);
		assertShown(expressions);
	}

	@Test
	void noAlertIsExplainedThatDoesNotExist() throws IOException {
		Set<Object> alerts = rules().stream().map((rule) -> rule.get("alert")).collect(Collectors.toSet());
		assertThat(Files.readAllLines(OPERATIONS)).filteredOn((line) -> line.startsWith("### "))
			.allMatch((line) -> alerts.contains(line.substring(4)));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> rules() throws IOException {
		Map<String, Object> file = new Yaml().load(Files.readString(ALERTS));
		List<Map<String, Object>> rules = new ArrayList<>();
		for (Map<String, Object> group : (List<Map<String, Object>>) file.get("groups")) {
			rules.addAll((List<Map<String, Object>>) group.get("rules"));
		}
		return rules;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, String> labels(Map<String, Object> rule, String name) {
		return (Map<String, String>) rule.get(name);
	}

	private static void assertShown(List<String> expressions) {
		for (String expression : expressions) {
			List<String> metrics = metrics(expression);
			assertThat(metrics).as(expression).isNotEmpty();
			assertThat(shown.keySet()).as(expression).containsAll(metrics);
		}
	}

	private static List<String> metrics(String expression) {
		return METRIC.matcher(NO_METRICS.matcher(expression).replaceAll(" "))
			.results()
			.map((each) -> each.group())
			.toList();
	}

	@Test
	void theNamesOfMetricsAreFoundInExpressions() {
		assertThat(metrics("histogram_quantile(0.99, sum by (le, mode) (rate(a_bucket{job=~\"$job\", b=\"c{d}\"}[5m])))"
				+ " / (max without (e) (f:g)) > bool 1e3 and on (h) i offset 5m"))
			.containsExactly("a_bucket", "f:g", "i");
	}

	@Test
	void everyTypeOfMeterIsKnownToTheTable() {
		assertThat(Arrays.stream(MillraceMeters.values()).map(MillraceMeters::getType).distinct())
			.containsExactlyInAnyOrder(Meter.Type.GAUGE, Meter.Type.COUNTER, Meter.Type.TIMER);
	}

}
