package io.millrace.boot.autoconfigure;

import java.time.Duration;
import java.util.Collection;
import java.util.Objects;

import io.millrace.boot.UnsupportedFeatureException;
import io.millrace.boot.admission.AdaptiveLimit;
import io.millrace.boot.admission.LimitRange;
import io.millrace.boot.autoconfigure.AdmissionProperties.Limit;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.ConcurrencyLimit;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * From {@code millrace.admission} to what the engine asks: everything that contradicts
 * itself stops start-up.
 */
class ConfiguredAdmission {

	private static final Log logger = LogFactory.getLog(ConfiguredAdmission.class);

	private static final String PREFIX = "millrace.admission";

	private static final String LIBRARY = "com.netflix.concurrency.limits.Limit";

	private static final int INITIAL = 100;

	private static final int MIN = 10;

	private static final int MAX = 200;

	private static final Duration WINDOW = Duration.ofSeconds(1);

	private final AdmissionProperties properties;

	private final Environment environment;

	ConfiguredAdmission(AdmissionProperties properties, Environment environment) {
		this.properties = properties;
		this.environment = environment;
	}

	/**
	 * What bounds the requests in flight.
	 * @param own the application's own, which goes first
	 * @return the admission, {@code null} for none
	 */
	@Nullable Admission orElse(@Nullable Admission own) {
		if (own == null) {
			return create();
		}
		Collection<String> keys = ConfiguredKeys.under(this.environment, PREFIX);
		if (!keys.isEmpty()) {
			logger.warn("Not applied, since the application has a bean of type Admission (" + own.getClass().getName()
					+ "): " + String.join(", ", keys));
		}
		return own;
	}

	private @Nullable Admission create() {
		Limit limit = this.properties.getLimit();
		checkMeaning(limit);
		return switch (limit) {
			case NONE -> null;
			case FIXED -> Admission.fixed(fixed());
			case GRADIENT, VEGAS, AIMD -> {
				checkLibrary(limit);
				yield Admission.adaptive(Adaptive.limit(limit, this.properties, range()));
			}
		};
	}

	private int fixed() {
		int max = Objects.requireNonNullElse(this.properties.getMax(), MAX);
		if (max < 1) {
			throw invalid("max", max, "The value has to be 1 or more. For no limit, set " + PREFIX + ".limit=none.");
		}
		return max;
	}

	private LimitRange range() {
		int min = Objects.requireNonNullElse(this.properties.getMin(), MIN);
		int max = Objects.requireNonNullElse(this.properties.getMax(), Math.max(MAX, min));
		int initial = Objects.requireNonNullElse(this.properties.getInitial(), Math.max(min, Math.min(max, INITIAL)));
		Duration window = Objects.requireNonNullElse(this.properties.getWindow(), WINDOW);
		return OptionNames.check(() -> new LimitRange(initial, min, max, window));
	}

	// What is said and has no effect is a mistake.
	private void checkMeaning(Limit limit) {
		boolean adaptive = limit != Limit.NONE && limit != Limit.FIXED;
		String algorithms = "gradient, vegas or aimd";
		checkMeaning("initial", this.properties.getInitial(), adaptive, algorithms);
		checkMeaning("min", this.properties.getMin(), adaptive, algorithms);
		checkMeaning("max", this.properties.getMax(), limit != Limit.NONE, "fixed, " + algorithms);
		checkMeaning("window", this.properties.getWindow(), adaptive, algorithms);
		AdmissionProperties.Gradient gradient = this.properties.getGradient();
		checkMeaning("gradient.rtt-tolerance", gradient.getRttTolerance(), limit == Limit.GRADIENT, "gradient");
		checkMeaning("gradient.queue-size", gradient.getQueueSize(), limit == Limit.GRADIENT, "gradient");
		AdmissionProperties.Aimd aimd = this.properties.getAimd();
		checkMeaning("aimd.timeout", aimd.getTimeout(), limit == Limit.AIMD, "aimd");
		checkMeaning("aimd.backoff-ratio", aimd.getBackoffRatio(), limit == Limit.AIMD, "aimd");
	}

	private void checkMeaning(String name, @Nullable Object value, boolean means, String limits) {
		if (value != null && !means) {
			throw invalid(name, value,
					"It means nothing with " + PREFIX + ".limit="
							+ this.properties.getLimit().name().toLowerCase(java.util.Locale.ROOT) + ". Set that to "
							+ limits + ", or leave this out.");
		}
	}

	private static void checkLibrary(Limit limit) {
		if (!ClassUtils.isPresent(LIBRARY, null)) {
			throw new UnsupportedFeatureException(PREFIX + ".limit=" + limit.name().toLowerCase(java.util.Locale.ROOT),
					"Netflix concurrency-limits, which computes it, is not on the class path.", """
							Add it to the dependencies of the application:

							    <dependency>
							        <groupId>com.netflix.concurrency-limits</groupId>
							        <artifactId>concurrency-limits-core</artifactId>
							        <version>0.5.4</version>
							    </dependency>

							or set %s.limit=fixed, which needs no library.""".formatted(PREFIX));
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String name, Object value, String reason) {
		return new InvalidConfigurationPropertyValueException(PREFIX + "." + name, value, reason);
	}

	/** Loaded only where the library is there. */
	private static final class Adaptive {

		private static final double RTT_TOLERANCE = 1.5;

		private static final int QUEUE_SIZE = 4;

		private static final Duration TIMEOUT = Duration.ofSeconds(5);

		private static final double BACKOFF_RATIO = 0.9;

		static ConcurrencyLimit limit(Limit limit, AdmissionProperties properties, LimitRange range) {
			return switch (limit) {
				case GRADIENT -> gradient(properties.getGradient(), range);
				case AIMD -> aimd(properties.getAimd(), range);
				default -> AdaptiveLimit.vegas(range);
			};
		}

		private static ConcurrencyLimit gradient(AdmissionProperties.Gradient gradient, LimitRange range) {
			double tolerance = Objects.requireNonNullElse(gradient.getRttTolerance(), RTT_TOLERANCE);
			int queueSize = Objects.requireNonNullElse(gradient.getQueueSize(), QUEUE_SIZE);
			if (!(tolerance >= 1)) {
				throw invalid("gradient.rtt-tolerance", tolerance, "The value has to be 1 or more.");
			}
			if (queueSize < 1) {
				throw invalid("gradient.queue-size", queueSize, "The value has to be 1 or more.");
			}
			return AdaptiveLimit.gradient(range, tolerance, queueSize);
		}

		private static ConcurrencyLimit aimd(AdmissionProperties.Aimd aimd, LimitRange range) {
			Duration timeout = Objects.requireNonNullElse(aimd.getTimeout(), TIMEOUT);
			double ratio = Objects.requireNonNullElse(aimd.getBackoffRatio(), BACKOFF_RATIO);
			if (timeout.isNegative() || timeout.isZero()) {
				throw invalid("aimd.timeout", timeout, "The value has to be more than 0.");
			}
			if (!(ratio >= 0.5 && ratio < 1)) {
				throw invalid("aimd.backoff-ratio", ratio, "The value has to be 0.5 to less than 1.");
			}
			return AdaptiveLimit.aimd(range, timeout, ratio);
		}

	}

}
