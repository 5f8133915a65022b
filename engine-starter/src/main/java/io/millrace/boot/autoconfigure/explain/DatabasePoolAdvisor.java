package io.millrace.boot.autoconfigure.explain;

import java.sql.SQLException;
import java.util.function.Consumer;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.context.ApplicationContext;

/**
 * Looks whether as many requests may be under way as there are connections to databases
 * for.
 */
class DatabasePoolAdvisor implements Advisor {

	// Not every request needs a connection all the time.
	private static final int RATIO = 4;

	private static final int BAD_RATIO = 10;

	private static final long PATIENCE_MILLIS = 60_000;

	@Override
	public void advise(Situation situation, Consumer<Advice> advice) {
		for (String name : situation.beans().getBeanNamesForType(DataSource.class, false, false)) {
			// Not those that nobody has needed yet.
			HikariDataSource pool = isThere(situation, name) ? unwrap(situation.beans().getBean(name, DataSource.class))
					: null;
			if (pool != null) {
				advise(situation, name, pool, advice);
			}
		}
	}

	private static boolean isThere(Situation situation, String name) {
		BeanFactory beans = (situation.beans() instanceof ApplicationContext context)
				? context.getAutowireCapableBeanFactory() : situation.beans();
		return !(beans instanceof SingletonBeanRegistry registry) || registry.containsSingleton(name);
	}

	private static void advise(Situation situation, String name, HikariDataSource pool, Consumer<Advice> advice) {
		int atOnce = situation.atOnce();
		int size = pool.getMaximumPoolSize();
		String property = situation.atOnceProperty();
		if (atOnce > size * RATIO) {
			String found = atOnce + " requests are handled at once (" + property + "), and the pool of " + name
					+ " has " + size + " connections (maximumPoolSize)";
			String why = "Under load up to " + (atOnce - size) + " handlers wait for a connection, each up to "
					+ pool.getConnectionTimeout() / 1000.0
					+ " s (connectionTimeout), and then fail; requests that need no " + "database wait behind them";
			String remedy = "a route with max-concurrency: " + size * 2 + " for what needs the database, or " + property
					+ "=" + size * RATIO + ", or a larger pool if the database can do more";
			advice.accept((atOnce >= size * BAD_RATIO && !hasBulkhead(situation))
					? Advice.warning("database-pool", found, why, remedy)
					: Advice.info("database-pool", found, why, remedy));
		}
		else if (atOnce > 0 && size > atOnce) {
			advice.accept(Advice.info("database-pool-large",
					"the pool of " + name + " has " + size + " connections (maximumPoolSize), and " + atOnce
							+ " requests are handled at once (" + property + ")",
					"The other connections are never used by requests, and cost the database memory",
					"maximumPoolSize " + atOnce + ", unless jobs besides need them"));
		}
		if (pool.getConnectionTimeout() > PATIENCE_MILLIS) {
			advice.accept(Advice.warning("database-wait",
					"handlers wait up to " + pool.getConnectionTimeout() / 1000 + " s for a connection of " + name
							+ " (connectionTimeout)",
					"Where the database hangs all threads do, and nothing is answered any more",
					"spring.datasource.hikari.connection-timeout=5000"));
		}
		long request = situation.config().dispatch().timeout().toMillis();
		if (request > 0 && pool.getConnectionTimeout() >= request && pool.getConnectionTimeout() <= PATIENCE_MILLIS) {
			advice.accept(Advice.warning("database-timeout",
					"handlers wait up to " + pool.getConnectionTimeout() + " ms for a connection of " + name
							+ " (connectionTimeout), and clients are answered after " + request
							+ " ms (millrace.timeouts.request)",
					"Threads go on waiting for a connection that nobody needs any more",
					"spring.datasource.hikari.connection-timeout=" + Math.max(250, request / 2)));
		}
	}

	// Nobody can tell whether it is for what needs the database.
	private static boolean hasBulkhead(Situation situation) {
		return situation.config().policies().stream().anyMatch((policy) -> policy.maxConcurrency() > 0);
	}

	private static @Nullable HikariDataSource unwrap(DataSource source) {
		try {
			return source.isWrapperFor(HikariDataSource.class) ? source.unwrap(HikariDataSource.class) : null;
		}
		catch (SQLException | RuntimeException ex) {
			// One that chooses among others by who asks.
			return null;
		}
	}

}
