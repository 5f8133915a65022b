package io.millrace.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;

import io.millrace.boot.UnsupportedFeatureException;

import org.springframework.util.ClassUtils;

/**
 * The libraries that a rate limit needs: which of them are missing is said with what to
 * add.
 */
final class RateLimitLibraries {

	private static final String BUCKET4J_VERSION = "8.19.0";

	private final List<String> names = new ArrayList<>();

	private final StringBuilder dependencies = new StringBuilder();

	private final ClassLoader loader;

	private RateLimitLibraries(ClassLoader loader) {
		this.loader = loader;
	}

	/**
	 * Check that all are there.
	 * @param store where the buckets are
	 * @param loader where to look
	 * @throws UnsupportedFeatureException where one is missing
	 */
	static void check(RateLimitProperties.Store store, ClassLoader loader) {
		RateLimitLibraries missing = new RateLimitLibraries(loader);
		missing.look("io.github.bucket4j.Bucket", "Bucket4j", "com.bucket4j", "bucket4j_jdk17-core", BUCKET4J_VERSION);
		if (store == RateLimitProperties.Store.LOCAL) {
			missing.look("com.github.benmanes.caffeine.cache.Caffeine", "Caffeine", "com.github.ben-manes.caffeine",
					"caffeine", "");
		}
		else {
			missing.look("io.github.bucket4j.redis.lettuce.Bucket4jLettuce", "Bucket4j for Lettuce", "com.bucket4j",
					"bucket4j_jdk17-lettuce", BUCKET4J_VERSION);
			missing.look("org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory",
					"Spring Data Redis", "org.springframework.boot", "spring-boot-starter-data-redis", "");
		}
		missing.tell();
	}

	private void look(String type, String name, String group, String artifact, String version) {
		if (ClassUtils.isPresent(type, this.loader)) {
			return;
		}
		this.names.add(name);
		this.dependencies.append("    <dependency>\n        <groupId>")
			.append(group)
			.append("</groupId>\n        <artifactId>")
			.append(artifact)
			.append("</artifactId>\n")
			.append(version.isEmpty() ? "" : "        <version>" + version + "</version>\n")
			.append("    </dependency>\n");
	}

	private void tell() {
		if (!this.names.isEmpty()) {
			throw new UnsupportedFeatureException(OnRateLimitCondition.PREFIX,
					"A rate limit needs " + String.join(" and ", this.names) + " on the class path.",
					"Add\n\n" + this.dependencies + "\nor remove the properties.");
		}
	}

}
