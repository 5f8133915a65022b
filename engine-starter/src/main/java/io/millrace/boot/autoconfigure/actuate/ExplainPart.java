package io.millrace.boot.autoconfigure.actuate;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import io.millrace.boot.autoconfigure.explain.Advice;
import io.millrace.boot.autoconfigure.explain.Explainer;
import io.millrace.boot.autoconfigure.explain.Explanation;
import io.millrace.boot.autoconfigure.explain.Setting;
import io.millrace.core.Engine;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.Sanitizer;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * All settings with their origin, and advice.
 */
class ExplainPart implements EndpointPart {

	private final Explainer explainer;

	private final Sanitizer sanitizer;

	ExplainPart(Explainer explainer, List<SanitizingFunction> sanitizingFunctions) {
		this.explainer = explainer;
		this.sanitizer = new Sanitizer(sanitizingFunctions);
	}

	@Override
	public String name() {
		return "explain";
	}

	@Override
	public Map<String, Object> read(Engine engine, PartQuery query) {
		Explanation explanation = this.explainer.explain(engine);
		return new Fields().add("schema", SnapshotDocument.SCHEMA)
			.add("advice", explanation.advice().stream().map(ExplainPart::describe).toList())
			.add("settings",
					explanation.settings().stream().map((setting) -> describe(setting, query.showValues())).toList())
			.toMap();
	}

	private static Map<String, Object> describe(Advice advice) {
		return new Fields().add("id", advice.id())
			.add("severity", advice.severity().name().toLowerCase(Locale.ROOT))
			.add("found", advice.found())
			.add("why", advice.why())
			.add("remedy", advice.remedy())
			.toMap();
	}

	private Map<String, Object> describe(Setting setting, boolean showValues) {
		boolean show = setting.harmless() || showValues;
		return new Fields().add("name", setting.name())
			.add("value", sanitize(setting, setting.value(), show))
			.add("effective", sanitize(setting, setting.effective(), show))
			.add("origin", setting.origin())
			.add("honoured", setting.ignored() == null)
			.add("reason", setting.ignored())
			.toMap();
	}

	private @Nullable Object sanitize(Setting setting, @Nullable Object value, boolean show) {
		return this.sanitizer.sanitize(new SanitizableData(setting.source(), setting.name(), value), show);
	}

}
