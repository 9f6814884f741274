import { useCollection } from '@cloudscape-design/collection-hooks';
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Header from '@cloudscape-design/components/header';
import Input from '@cloudscape-design/components/input';
import Modal from '@cloudscape-design/components/modal';
import Multiselect from '@cloudscape-design/components/multiselect';
import Pagination from '@cloudscape-design/components/pagination';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Table from '@cloudscape-design/components/table';
import type { TableProps } from '@cloudscape-design/components/table';
import Toggle from '@cloudscape-design/components/toggle';
import type { ReactElement } from 'react';
import { useState } from 'react';
import type { GrantedAction, GrantsPage } from '../../../core/contract/grants-api.ts';
import { NothingHere } from '../../states/nothing-here.tsx';
import { grants } from '../../strings/grants.ts';
import { DecisionMark } from './decision-mark.tsx';
import { GrantReasons } from './grant-reasons.tsx';
import { rowsOf, rowsThatFit } from './grant-rows.ts';
import type { GrantRow } from './grant-rows.ts';

interface Cell {
  readonly agent: string;
  readonly granted: GrantedAction;
}

interface GrantsMatrixProps {
  readonly agents: GrantsPage['items'];
  /** Leads to the form that asks with arguments. */
  readonly onTry: (agent: string, action: string) => void;
}

const rowsOfPage = 30;

/** Every agent beside every action: what it may do, and, on a closer look, why. */
export function GrantsMatrix({ agents, onTry }: GrantsMatrixProps): ReactElement {
  const names = agents.map(({ agent }) => agent);
  const [text, setText] = useState('');
  const [onlyGranted, setOnlyGranted] = useState(true);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [cell, setCell] = useState<Cell>();
  const shownAgents = chosen.length === 0 ? names : names.filter((name) => chosen.includes(name));
  const rows = rowsOf(agents);
  const fitting = rowsThatFit(rows, { text, onlyGranted, agents: shownAgents });
  const { items, collectionProps, paginationProps } = useCollection(fitting, { pagination: { pageSize: rowsOfPage } });
  return (
    <>
      <Table
        {...collectionProps}
        items={items}
        trackBy="name"
        columnDefinitions={columnsFor(shownAgents, setCell)}
        stickyColumns={{ first: 1 }}
        stickyHeader
        contentDensity="compact"
        ariaLabels={{ tableLabel: grants.label }}
        header={
          <Header counter={grants.count(fitting.length, rows.length)} description={grants.text}>
            {grants.label}
          </Header>
        }
        filter={
          <SpaceBetween direction="horizontal" size="m" alignItems="center">
            <Input
              type="search"
              value={text}
              ariaLabel={grants.find}
              placeholder={grants.find}
              onChange={({ detail }) => setText(detail.value)}
            />
            <Multiselect
              selectedOptions={chosen.map((value) => ({ value, label: value }))}
              options={names.map((value) => ({ value, label: value }))}
              placeholder={grants.allAgents}
              ariaLabel={grants.agents}
              inlineTokens
              onChange={({ detail }) => setChosen(detail.selectedOptions.flatMap(({ value }) => value ?? []))}
            />
            <Toggle checked={onlyGranted} onChange={({ detail }) => setOnlyGranted(detail.checked)}>
              {grants.onlyGranted}
            </Toggle>
          </SpaceBetween>
        }
        pagination={fitting.length > rowsOfPage ? <Pagination {...paginationProps} /> : undefined}
        empty={
          rows.length === 0 ? (
            <NothingHere title={grants.none} />
          ) : (
            <NothingHere title={grants.noMatch}>{grants.noMatchText}</NothingHere>
          )
        }
      />
      {cell !== undefined && <Reasons cell={cell} onClose={() => setCell(undefined)} onTry={onTry} />}
    </>
  );
}

function columnsFor(
  agents: readonly string[],
  onLook: (cell: Cell) => void,
): readonly TableProps.ColumnDefinition<GrantRow>[] {
  return [
    { id: 'action', header: grants.action, isRowHeader: true, minWidth: 220, cell: ({ name }) => name },
    ...agents.map((agent) => ({
      id: `agent-${agent}`,
      header: agent,
      minWidth: 150,
      cell: ({ name, byAgent }: GrantRow) => {
        const granted = byAgent.get(agent);
        if (granted === undefined) return '–';
        return (
          <CellButton
            label={grants.cell(agent, name, grants.decisions[granted.decision])}
            {...{ agent, granted, onLook }}
          />
        );
      },
    })),
  ];
}

interface CellButtonProps extends Cell {
  readonly label: string;
  readonly onLook: (cell: Cell) => void;
}

/** Not a button of the design system: those have one colour, and a matrix is scanned by colour as well as by word. */
function CellButton({ label, agent, granted, onLook }: CellButtonProps): ReactElement {
  return (
    <button type="button" aria-label={label} style={cellStyle} onClick={() => onLook({ agent, granted })}>
      <DecisionMark decision={granted.decision} />
    </button>
  );
}

const cellStyle = { ...{ background: 'none', border: 'none', padding: 2 }, ...{ font: 'inherit', cursor: 'pointer' } };

interface ReasonsProps {
  readonly cell: Cell;
  readonly onClose: () => void;
  readonly onTry: GrantsMatrixProps['onTry'];
}

function Reasons({ cell: { agent, granted }, onClose, onTry }: ReasonsProps): ReactElement {
  const action = `${granted.skill}/${granted.action}`;
  return (
    <Modal
      visible
      size="large"
      header={`${agent} · ${action}`}
      onDismiss={onClose}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => onTry(agent, action)}>
              {grants.tryIt}
            </Button>
            <Button onClick={onClose}>{grants.close}</Button>
          </SpaceBetween>
        </Box>
      }
    >
      <GrantReasons granted={granted} />
    </Modal>
  );
}
