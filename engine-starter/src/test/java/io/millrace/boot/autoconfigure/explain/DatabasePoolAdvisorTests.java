package io.millrace.boot.autoconfigure.explain;

import java.time.Duration;
import java.util.List;
import javax.sql.DataSource;

import com.zaxxer.hikari.HikariDataSource;
import io.millrace.core.http.RoutePolicy;
import io.millrace.core.worker.Admission;
import io.millrace.core.worker.Priority;
import io.millrace.core.worker.WorkerMode;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.support.RootBeanDefinition;

import static org.assertj.core.api.Assertions.assertThat;

class DatabasePoolAdvisorTests {

	private final DatabasePoolAdvisor advisor = new DatabasePoolAdvisor();

	@Test
	void aPoolThatMostHandlersWaitForIsNamed() {
		TestSituation situation = with(10).worker(WorkerMode.VIRTUAL, 200, 10_000);
		assertThat(situation.ask(this.advisor)).anySatisfy((advice) -> {
			assertThat(advice.id()).isEqualTo("database-pool");
			assertThat(advice.severity()).isEqualTo(Advice.Severity.WARNING);
			assertThat(advice.found()).contains("10000", "millrace.worker.max-concurrency", "orders", "10 connections");
			assertThat(advice.why()).contains("9990", "30.0 s");
			assertThat(advice.remedy()).contains("max-concurrency: 20");
		});
	}

	@Test
	void aPoolThatFitsIsNot() {
		assertThat(with(60).requestTimeout(Duration.ZERO).ids(this.advisor)).isEmpty();
		assertThat(with(25).requestTimeout(Duration.ZERO).ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.severity()).isEqualTo(Advice.Severity.INFO));
	}

	@Test
	void aLimitOfRequestsInFlightIsHeeded() {
		TestSituation situation = with(60).worker(WorkerMode.VIRTUAL, 200, 10_000).requestTimeout(Duration.ZERO);
		assertThat(situation.ids(this.advisor)).containsExactly("database-pool");
		situation.config.admission(Admission.fixed(100));
		assertThat(situation.ids(this.advisor)).isEmpty();
		situation.config.admission(Admission.fixed(50));
		assertThat(situation.ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.found()).contains("50 requests", "millrace.admission.max"));
	}

	@Test
	void whereThereIsABulkheadSomebodyHasThoughtOfIt() {
		TestSituation situation = with(10).worker(WorkerMode.VIRTUAL, 200, 10_000).requestTimeout(Duration.ZERO);
		situation.config
			.policies(List.of(new RoutePolicy("/orders", (head) -> true, null, 20, 0, null, Priority.NORMAL)));
		assertThat(situation.ask(this.advisor)).singleElement()
			.satisfies((advice) -> assertThat(advice.severity()).isEqualTo(Advice.Severity.INFO));
	}

	@Test
	void aPoolThatIsLargerThanWhatAsksForItIsNamed() {
		assertThat(with(50).worker(WorkerMode.POOL, 20, 100).requestTimeout(Duration.ZERO).ids(this.advisor))
			.containsExactly("database-pool-large");
	}

	@Test
	void waitingForAConnectionLongerThanForARequestIsNamed() {
		assertThat(with(60).requestTimeout(Duration.ofSeconds(5)).ask(this.advisor)).singleElement()
			.satisfies((advice) -> {
				assertThat(advice.id()).isEqualTo("database-timeout");
				assertThat(advice.remedy()).endsWith("=2500");
			});
	}

	@Test
	void waitingForAConnectionForEverIsNamed() {
		TestSituation situation = new TestSituation();
		HikariDataSource pool = new HikariDataSource();
		pool.setMaximumPoolSize(60);
		pool.setConnectionTimeout(0);
		situation.beans.registerSingleton("orders", pool);
		assertThat(situation.ids(this.advisor)).containsExactly("database-wait");
	}

	@Test
	void onesThatNobodyHasNeededYetAreLeftAlone() {
		TestSituation situation = new TestSituation();
		RootBeanDefinition lazy = new RootBeanDefinition(DataSource.class, () -> {
			throw new IllegalStateException("not asked for");
		});
		lazy.setLazyInit(true);
		situation.beans.registerBeanDefinition("lazy", lazy);
		assertThat(situation.ids(this.advisor)).isEmpty();
	}

	private static TestSituation with(int size) {
		TestSituation situation = new TestSituation();
		HikariDataSource pool = new HikariDataSource();
		pool.setMaximumPoolSize(size);
		situation.beans.registerSingleton("orders", pool);
		return situation;
	}

}
